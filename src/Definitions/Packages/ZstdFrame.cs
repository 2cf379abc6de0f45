using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Compressors.ZStandard.Unsafe;

namespace Definitions.Packages;

/// <summary>Decodes one Zstandard frame of a package; turns whatever the decoder throws into a refusal.</summary>
internal sealed class ZstdFrame : IDisposable
{
    private readonly ZstdFrameStream _packed;
    private readonly DecompressionStream _plain;

    /// <param name="package">Stands at the frame's first byte; stands behind its last one after <see cref="End"/>.</param>
    /// <param name="maxPackedBytes">A longer frame is refused.</param>
    public ZstdFrame(Stream package, long maxPackedBytes, PackageLimits limits)
    {
        _packed = new ZstdFrameStream(package, maxPackedBytes, limits.MaxWindowBytes);
        _plain = new DecompressionStream(_packed);
    }

    /// <summary>Bytes of the frame that were read so far.</summary>
    public long PackedBytes => _packed.FrameBytes;

    /// <summary>Fills the whole buffer.</summary>
    /// <exception cref="RefusedException">The frame ends before, or is damaged.</exception>
    public void ReadExactly(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = Read(buffer);
            if (read == 0)
            {
                throw new RefusedException(RefusalReason.PackageMalformed, "The archive ends too early.");
            }

            buffer = buffer[read..];
        }
    }

    /// <summary>Reads the frame's remaining bytes, of which none may decode to content.</summary>
    /// <exception cref="RefusedException">There is more content, or the frame is damaged.</exception>
    public void End()
    {
        Span<byte> one = stackalloc byte[1];
        if (Read(one) != 0 || !_packed.IsComplete)
        {
            throw new RefusedException(RefusalReason.PackageMalformed, "The archive holds data behind its end.");
        }
    }

    // The decoder is a port of C code with its own exception types; it may also run out of its buffers on damaged
    // input. Input/output errors are our own disk's, apart from its two words for damage.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Guards a third-party parser of hostile bytes.")]
    private int Read(Span<byte> buffer)
    {
        try
        {
            return _plain.Read(buffer);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or not (RefusedException or IOException))
        {
            throw new RefusedException(RefusalReason.PackageMalformed, "A Zstandard frame of the package is damaged.", e);
        }
    }

    public void Dispose()
    {
        _plain.Dispose();
        _packed.Dispose();
    }

    /// <summary>Writes one frame with fixed parameters: the same content gives the same bytes.</summary>
    /// <param name="destination">Left open; holds part of a frame when <paramref name="write"/> throws.</param>
    /// <param name="contentBytes">Exact number of bytes that will be written.</param>
    /// <param name="isFast">For what is packed where it is used.</param>
    public static void Compress(Stream destination, long contentBytes, Action<Stream> write, bool isFast = false)
    {
        // 12 packs signature text nearly as well as 19 in a tenth of its time, 3 in a tenth of that; 23 = 8 MiB,
        // PackageLimits.MaxWindowBytes.
        const int Level = 12;
        const int FastLevel = 3;
        const int WindowLog = 23;
        var stream = new CompressionStream(destination, isFast ? FastLevel : Level);
        try
        {
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, WindowLog);
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            stream.SetPledgedSrcSize((ulong)contentBytes);
            write(stream);
        }
        catch
        {
            Abandon(stream);
            throw;
        }

        stream.Dispose();
    }

    /// <summary>Disposing finishes the frame, which fails when bytes are missing; the first fault is the one to tell.</summary>
    private static void Abandon(CompressionStream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception e) when (e is ZstdException or IOException)
        {
            Debug.WriteLine(e.Message);
        }
    }
}
