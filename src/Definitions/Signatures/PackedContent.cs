namespace Definitions.Signatures;

/// <summary>
/// What a file is that should be signature text and is packed: each line of it would be a finding of its own, and none
/// would say what to do.
/// </summary>
public static class PackedContent
{
    /// <summary>So many bytes of the beginning are enough.</summary>
    public const int MaxMagicBytes = 11;

    /// <summary>Such as <c>a gzip file</c>, for a sentence; null = nothing that is known.</summary>
    /// <param name="start">First bytes of the file.</param>
    public static string? Describe(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? "a gzip file"
        : start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? "an xz file"
        : start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "a Zstandard file"
        : start.StartsWith("BZh"u8) && start.Length > 9 && start[4..].StartsWith("1AY&SY"u8) ? "a bzip2 file"
        : start.StartsWith("PK\u0003\u0004"u8) ? "a ZIP file"
        : start.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]) ? "a 7z file"
        : start.StartsWith("ClamAV-VDB:"u8) ? "a ClamAV container (.cvd, .cld or .cud)"
        : null;
}
