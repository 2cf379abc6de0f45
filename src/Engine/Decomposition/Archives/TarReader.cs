using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Engine.FileTypes;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Walks a tar file (v7, ustar, GNU, pax) header by header; members are views. Links, devices and folders that carry data
/// are members too, and damage moves the walk to the next header instead of ending it (decomposer.md §8).
/// </summary>
internal sealed class TarReader(ReaderContext context) : IContainerReader
{
    private const int Block = TarTest.BlockBytes;

    /// <summary>Long names and pax records beyond this are cut: the name of a member is shown, never used.</summary>
    private const int MaxRecordBytes = 64 * 1024;

    private readonly ObjectContent _content = context.Content;
    private long _position;
    private string? _longName;
    private long? _paxSize;
    private bool _isDamaged;
    private int _seen;

    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        while (_position < _content.Length)
        {
            context.Budget.Check();
            var header = _content.Peek(_position, Block);
            if (!header.ContainsAnyExcept((byte)0))
            {
                // End marker or padding; members behind it are read by lenient programs.
                _position += Block;
                continue;
            }

            if (header.Length < Block || !TarTest.IsChecksumRight(header))
            {
                ReportDamage();
                _position += Block;
                continue;
            }

            if (TakeMember(header) is { } found)
            {
                member = found;
                return true;
            }
        }

        member = null;
        return false;
    }

    public void Dispose()
    {
        // Nothing is held: members are views.
    }

    private Member? TakeMember(ReadOnlySpan<byte> header)
    {
        var type = (char)header[156];
        var name = _longName ?? NameOf(header);
        var size = SizeOf(header[124..136]);
        if (type is not ('L' or 'K' or 'x' or 'g') && _paxSize is { } stated)
        {
            size = stated;
        }

        var data = _position + Block;
        var available = Math.Max(0, _content.Length - data);
        var isCut = size is null || size > available;
        var length = Math.Min(size ?? available, available);
        _position = data + ((length + Block - 1) / Block * Block);
        if (isCut)
        {
            ReportDamage();
        }

        switch (type)
        {
            case 'L':
                _longName = Text(data, length).TrimEnd('\0');
                return null;
            case 'x':
                ReadPax(Text(data, length));
                return null;
            case 'K' or 'g':
                return null;
        }

        (_longName, _paxSize) = (null, null);
        if (length == 0 && type != '0' && type != '\0' && type != '7')
        {
            return null;
        }

        _seen++;
        return new Member
        {
            Name = name,
            View = new SliceContent(_content, data, length),
            Facts = new MemberFacts(name) { CompressedBytes = size, RealBytes = size, Position = _seen },
        };
    }

    private string Text(long offset, long length) =>
        Encoding.UTF8.GetString(_content.Peek(offset, (int)Math.Min(length, MaxRecordBytes)));

    // Records of "LENGTH KEY=VALUE\n"; the two keys that matter are found without believing the lengths.
    private void ReadPax(string records)
    {
        foreach (var line in records.Split('\n'))
        {
            var record = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            if (record.StartsWith("path=", StringComparison.Ordinal))
            {
                _longName = record[5..];
            }
            else if (record.StartsWith("size=", StringComparison.Ordinal)
                && long.TryParse(record.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                _paxSize = size;
            }
        }
    }

    private void ReportDamage()
    {
        if (!_isDamaged)
        {
            _isDamaged = true;
            context.Report(ScanCode.DecMalformedContainerDetected);
        }
    }

    private static string NameOf(ReadOnlySpan<byte> header)
    {
        var name = Field(header[..100]);
        if (!header[257..].StartsWith("ustar\0"u8))
        {
            return name;
        }

        var prefix = Field(header[345..500]);
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static string Field(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    // Octal digits, or a big-endian number when the top bit is set; null for what is neither.
    private static long? SizeOf(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            var wide = BinaryPrimitives.ReadInt64BigEndian(field[4..]);
            return wide < 0 || (field[0] & 0x7F) != 0 ? null : wide;
        }

        long value = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value << 3) + (digit - '0');
        }

        return value;
    }
}
