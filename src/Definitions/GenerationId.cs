using System.Globalization;

namespace Definitions;

/// <summary>
/// Names one immutable generation: a number that only grows in one data folder, and the digest of what it holds.
/// Number 0 stands for an image that was compiled for one command and belongs to no store.
/// </summary>
public readonly record struct GenerationId(long Number, Digest Digest)
{
    /// <summary>Reads the folder-name form, which holds the digest's first 16 hex digits only.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        var dash = text.IndexOf('-');
        return dash > 0 && long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary><c>NUMBER-DIGEST</c> with 16 digits of the digest; also the name of the generation's folder.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}-{Digest.ToShortString()}");
}
