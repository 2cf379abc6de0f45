using System.Buffers;
using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// The header of a container: 512 bytes of ASCII, fields set apart by colons, padded with spaces; and, without the
/// padding, the first line of the index (clamav-formats.md §1.2, §1.5).
/// </summary>
public sealed record ContainerHeader
{
    /// <summary>Bytes of the header in a container; the body starts behind it.</summary>
    public const int Size = 512;

    /// <summary>Stands for a field that is not there: MD5 and signature of a locally patched container and of the index.</summary>
    public const string Absent = "X";

    private const int MinFields = 8;
    private const int MaxFields = 9;

    // Far above every real number, and far below where arithmetic could overflow.
    private const long MaxNumber = 1L << 48;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The first eleven bytes of every container.</summary>
    public static ReadOnlySpan<byte> Magic => "ClamAV-VDB:"u8;

    /// <summary>As written: <c>22 Jun 2021 14-58 -0400</c>. Not checked, as nothing depends on it.</summary>
    public required string BuildTimeText { get; init; }

    /// <summary>Rises with each release of one database.</summary>
    public required long Version { get; init; }

    public required long SignatureCount { get; init; }

    /// <summary>The lowest functionality level the publisher wants; an older engine loads the database all the same.</summary>
    public required int FunctionalityLevel { get; init; }

    /// <summary>32 lower-case hex digits over the body, or <see cref="Absent"/>.</summary>
    public required string Md5 { get; init; }

    /// <summary>Signature text over the MD5 (<see cref="DsigText"/>), or <see cref="Absent"/>.</summary>
    public required string Signature { get; init; }

    /// <summary>Account name of the signer.</summary>
    public required string Builder { get; init; }

    /// <summary>Seconds since 1970; 0 in very old files.</summary>
    public required long CreationSeconds { get; init; }

    /// <summary><see cref="CreationSeconds"/> as a time; the latest representable one where the number lies beyond it.</summary>
    public DateTimeOffset CreationTime =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Min(CreationSeconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    /// <summary>Null when <see cref="BuildTimeText"/> is no time.</summary>
    public DateTimeOffset? BuildTime
    {
        get
        {
            // The framework's zone format wants a colon: -04:00.
            var text = BuildTimeText;
            return text.Length > 5
                && DateTimeOffset.TryParseExact(
                    text.Insert(text.Length - 2, ":"),
                    "d MMM yyyy HH-mm zzz",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var time)
                ? time
                : null;
        }
    }

    /// <summary>Recognition by the first bytes.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads the header of a container from its first <see cref="Size"/> bytes; what follows is not looked at.</summary>
    /// <exception cref="RefusedException"><c>DatabaseMalformed</c>: fewer bytes, or no header.</exception>
    public static ContainerHeader Parse(ReadOnlySpan<byte> start) =>
        start.Length < Size
            ? throw ContainerFault.Malformed($"The container has {start.Length} bytes; its header alone has {Size}.")
            : ParseLine(start[..Size]);

    /// <summary>Reads a header with or without trailing spaces and line end.</summary>
    /// <exception cref="RefusedException"><c>DatabaseMalformed</c></exception>
    internal static ContainerHeader ParseLine(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \r\n"u8);
        if (!HasMagic(line) || line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
        {
            throw ContainerFault.Malformed($"The header does not start with ClamAV-VDB: or is not plain ASCII.");
        }

        var fields = Encoding.ASCII.GetString(line).Split(':', MaxFields + 1);
        if (fields.Length is < MinFields or > MaxFields)
        {
            throw ContainerFault.Malformed($"The header has {fields.Length} fields or more; {MinFields} or {MaxFields} are expected.");
        }

        if (fields.AsSpan(1, MinFields - 1).ContainsAny("", " "))
        {
            throw ContainerFault.Malformed($"A field of the header is empty.");
        }

        return new ContainerHeader
        {
            BuildTimeText = fields[1],
            Version = Number(fields[2], "version"),
            SignatureCount = Number(fields[3], "signature count"),
            FunctionalityLevel = (int)Math.Min(Number(fields[4], "functionality level"), int.MaxValue),
            Md5 = fields[5].Length == 32 && !fields[5].AsSpan().ContainsAnyExcept(LowerHex) ? fields[5] : Absent,
            Signature = fields[6].Length > 1 ? fields[6] : Absent,
            Builder = fields[7],
            CreationSeconds = fields.Length > MinFields ? Number(fields[8], "creation time") : 0,
        };
    }

    /// <summary>True when version, counts, level and creation time agree: what the loader compares (clamav-formats.md §1.5).</summary>
    public bool IsSameRelease(ContainerHeader other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Version == other.Version && SignatureCount == other.SignatureCount
            && FunctionalityLevel == other.FunctionalityLevel && CreationSeconds == other.CreationSeconds;
    }

    /// <summary>The header as a container starts with it.</summary>
    /// <exception cref="InvalidOperationException">The fields do not fit 512 bytes.</exception>
    public byte[] ToBytes()
    {
        var line = ToString();
        if (line.Length > Size)
        {
            throw new InvalidOperationException("The header is longer than a container allows.");
        }

        return Encoding.ASCII.GetBytes(line.PadRight(Size));
    }

    /// <summary>The header's line without padding and line end.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ClamAV-VDB:{BuildTimeText}:{Version}:{SignatureCount}:{FunctionalityLevel}:{Md5}:{Signature}:{Builder}:{CreationSeconds}");

    private static long Number(string field, string what)
    {
        if (field.Length is 0 or > 15 || field.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw ContainerFault.Malformed($"The header's {what} is no number: {field}.");
        }

        return Math.Min(MaxNumber, long.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
