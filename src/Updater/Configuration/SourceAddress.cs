using System.Diagnostics.CodeAnalysis;
using Definitions;

namespace Updater.Configuration;

/// <summary>An address as it is configured: a URL or a path, with the digest that a file must have, if one is given.</summary>
/// <param name="Text">Without the digest.</param>
internal sealed record SourceAddress(string Text, Digest? Sha256)
{
    private const string DigestMark = "#sha256=";

    /// <summary>The last part of the path, decoded: a file's name. Empty when the address ends with a slash.</summary>
    public string FileName
    {
        get
        {
            var path = Uri.TryCreate(Text, UriKind.Absolute, out var uri) && Text.Contains("://", StringComparison.Ordinal)
                ? Uri.UnescapeDataString(uri.AbsolutePath)
                : Text;
            return path[(path.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)..];
        }
    }

    /// <summary>The address of the folder that holds the file.</summary>
    public string Folder
    {
        get
        {
            var slash = Text.LastIndexOfAny(['/', Path.DirectorySeparatorChar]);
            return slash < 0 ? "." : Text[..(slash + 1)];
        }
    }

    /// <summary>The last part as it stands in the address.</summary>
    public string LastPart => Text[(Text.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)..];

    public static bool TryParse(string text, [NotNullWhen(true)] out SourceAddress? address)
    {
        address = null;
        Digest? digest = null;
        var mark = text.LastIndexOf(DigestMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            if (!Digest.TryParse(text[(mark + DigestMark.Length)..].ToLowerInvariant(), out var known))
            {
                return false;
            }

            digest = known;
            text = text[..mark];
        }

        if (!IsPlain(text))
        {
            return false;
        }

        address = new SourceAddress(text, digest);
        return true;
    }

    /// <summary>User names and queries would end in logs and status pages, so they have no place in an address.</summary>
    public static bool IsPlain(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return text.Length is > 0 and <= 4096 && !text.Contains('\0', StringComparison.Ordinal);
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "https" or "http" or "file"
            && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
    }
}
