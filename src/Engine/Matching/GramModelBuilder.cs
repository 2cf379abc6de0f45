using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Matching;

/// <summary>
/// Counts the three-byte grams of benign files and writes the table that anchors are chosen by: numbers of grams only,
/// nothing of what the files say. The order of the files does not matter.
/// </summary>
public sealed class GramModelBuilder
{
    /// <summary>Stands for every gram that was never seen: half an occurrence.</summary>
    private const double Unseen = 0.5;

    private readonly long[] _counts = new long[GramModel.ThreeCells];

    /// <summary>Bytes counted so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts one file.</summary>
    /// <param name="maxBytes">Only so many bytes from its start.</param>
    /// <exception cref="IOException">The content could not be read; what came before counts.</exception>
    public void Add(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            var (gram, length) = (0, 0L);
            for (int read; (read = content.Read(buffer, 0, (int)Math.Min(buffer.Length, maxBytes - length))) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var value in buffer.AsSpan(0, read))
                {
                    gram = ((gram << 7) | GramModel.Fold(value)) & (GramModel.ThreeCells - 1);
                    if (++length >= 3)
                    {
                        _counts[gram]++;
                    }
                }
            }

            Bytes += length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(GramModelBuilder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Bytes += other.Bytes;
    }

    /// <summary>Writes the table: see <see cref="GramModel.HeadBytes"/>.</summary>
    /// <exception cref="IOException">The stream could not be written.</exception>
    public void Write(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> head = stackalloc byte[GramModel.HeadBytes];
        head.Clear();
        GramModel.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], GramModel.Version);
        BinaryPrimitives.WriteInt64LittleEndian(head[12..], Bytes);
        output.Write(head);
        using var brotli = new BrotliStream(output, new BrotliCompressionOptions { Quality = 11 }, leaveOpen: true);
        brotli.Write(Cells());
    }

    private byte[] Cells()
    {
        var cells = new byte[GramModel.ThreeCells + GramModel.TwoCells];
        var pairs = new double[GramModel.TwoCells];
        var total = _counts.Sum() + (Unseen * GramModel.ThreeCells);
        for (var gram = 0; gram < _counts.Length; gram++)
        {
            var count = _counts[gram] + Unseen;
            cells[gram] = Steps(count / total);
            pairs[gram >> 7] += count;
        }

        for (var pair = 0; pair < pairs.Length; pair++)
        {
            cells[GramModel.ThreeCells + pair] = Steps(pairs[pair] / total);
        }

        return cells;
    }

    private static byte Steps(double probability) =>
        (byte)Math.Clamp(Math.Round(-Math.Log2(probability) / GramModel.Step), 0, byte.MaxValue);
}
