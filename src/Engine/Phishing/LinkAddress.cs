using System.Buffers;

namespace Engine.Phishing;

/// <summary>The parts of an address that rules about links look at (clamav-formats.md §3.9): scheme and host; the path for hashes.</summary>
/// <param name="Scheme"><c>http</c>, <c>https</c> or <c>ftp</c>.</param>
/// <param name="Authority">The host with the user before it, in lower case: what expressions with schemes are matched on.</param>
/// <param name="Host">In lower case, without user, port and final dot; may be empty.</param>
/// <param name="Path">What follows the host, from its slash on and without a fragment; empty, or with the slash.</param>
internal sealed record LinkAddress(string Scheme, string Authority, string Host, string Path)
{
    private static readonly string[] _schemes = ["https", "http", "ftp"];

    private static readonly SearchValues<char> _hostEnds = SearchValues.Create("/\\?# \t\r\n");

    private static readonly SearchValues<char> _pathEnds = SearchValues.Create("# \t\r\n");

    /// <summary>Null when the text does not begin with a scheme that is looked at.</summary>
    public static LinkAddress? Parse(string text)
    {
        text = text.Trim(' ', '\t', '\r', '\n', '\u00A0');
        if (text.StartsWith('(') && text.EndsWith(')'))
        {
            text = text[1..^1];
        }

        var scheme = Array.Find(_schemes, s => text.StartsWith(s + ":", StringComparison.OrdinalIgnoreCase));
        if (scheme is null)
        {
            return null;
        }

        var rest = text[(scheme.Length + 1)..].TrimStart('/', '\\', ' ');
        if (rest.Length + scheme.Length + 1 == text.Length)
        {
            return null;
        }

        var end = rest.AsSpan().IndexOfAny(_hostEnds);
        var host = end < 0 ? rest : rest[..end];
        var path = end < 0 ? "" : rest[end..];
        var user = host[..(host.LastIndexOf('@') + 1)].ToLowerInvariant();
        host = host[(host.LastIndexOf('@') + 1)..];
        var port = host.IndexOf(':', StringComparison.Ordinal);
        host = (port < 0 ? host : host[..port]).TrimEnd('.').ToLowerInvariant();
        var fragment = path.AsSpan().IndexOfAny(_pathEnds);
        path = fragment < 0 ? path : path[..fragment];
        return new LinkAddress(scheme, user + host, host, path.StartsWith('?') ? "/" + path : path);
    }

    /// <summary>Two labels of the host, or three when the last two are those of a country's register, as in <c>co.uk</c>.</summary>
    public string Domain
    {
        get
        {
            var labels = Host.Split('.');
            var count = labels.Length >= 3 && labels[^1].Length == 2
                && labels[^2] is "co" or "com" or "org" or "net" or "gov" or "edu" or "ac" or "mil" or "ne" or "or" or "go" ? 3 : 2;
            return labels.Length <= count ? Host : string.Join('.', labels[^count..]);
        }
    }

    /// <summary>The host, and what is left of it after each of its dots: <c>a.b.c</c>, <c>b.c</c>, <c>c</c>.</summary>
    public IEnumerable<string> HostSuffixes()
    {
        yield return Host;
        for (var at = Host.IndexOf('.', StringComparison.Ordinal); at >= 0; at = Host.IndexOf('.', at + 1))
        {
            yield return Host[(at + 1)..];
        }
    }

    /// <summary>The forms of the address that hashes are made of: hosts of five and fewer labels with paths of few parts.</summary>
    public IEnumerable<string> HashedForms()
    {
        var paths = new List<string> { "/" };
        var query = Path.IndexOf('?', StringComparison.Ordinal);
        var plain = query < 0 ? Path : Path[..query];
        for (int at = plain.IndexOf('/', Math.Min(1, plain.Length)), n = 0; at >= 0 && n < 4; at = plain.IndexOf('/', at + 1), n++)
        {
            paths.Add(plain[..(at + 1)]);
        }

        paths.Add(plain);
        paths.Add(Path);
        var labels = 0;
        foreach (var host in HostSuffixes().Reverse())
        {
            labels++;
            if (labels < 2 || (labels > 5 && host.Length != Host.Length))
            {
                continue;
            }

            foreach (var path in paths.Where(p => p.Length > 0).Distinct(StringComparer.Ordinal))
            {
                yield return host + path;
            }
        }
    }
}
