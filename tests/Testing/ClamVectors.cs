using System.Globalization;
using System.Text;

namespace Testing;

/// <summary>What the reference engine made of one signature file and one object.</summary>
public enum ClamOutcome
{
    Hit = 0,
    Miss = 1,

    /// <summary>It refuses to load the file.</summary>
    Malformed = 2,
}

/// <summary>One conformance vector of clamav-formats.md §8.</summary>
/// <param name="Number">Vector and object, such as <c>38.2</c>.</param>
/// <param name="FileType">Extension of the signature file, with its dot.</param>
/// <param name="Name">The reported name; only with <see cref="ClamOutcome.Hit"/>.</param>
public sealed record ClamVector(
    string Number, string FileType, ClamOutcome Outcome, string Name, ReadOnlyMemory<byte> Signatures, ReadOnlyMemory<byte> Content)
{
    public override string ToString() => $"{Number} {FileType} {Encoding.Latin1.GetString(Signatures.Span).TrimEnd()}";
}

/// <summary>The vectors of <c>fixtures/clamav-vectors.tsv</c>.</summary>
public static class ClamVectors
{
    private static readonly Dictionary<string, ClamVector> _all = File
        .ReadLines(Path.Combine(Fixture.RepositoryRoot, "fixtures", "clamav-vectors.tsv"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(Read)
        .ToDictionary(vector => vector.Number, StringComparer.Ordinal);

    /// <summary>In the order of the file.</summary>
    public static IReadOnlyCollection<string> Numbers => _all.Keys;

    public static ClamVector Get(string number) => _all[number];

    private static ClamVector Read(string line)
    {
        var fields = line.Split('\t');
        var (type, name) = (fields[1], fields[3].Length > 0 ? fields[3] : "T");
        return new ClamVector(
            fields[0],
            type,
            Enum.Parse<ClamOutcome>(fields[2], ignoreCase: true),
            $"{(type == ".yar" ? "YARA.R1" : name)}.UNOFFICIAL",
            Unescape(fields[4]),
            Unescape(fields[5]));
    }

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            i++;
            bytes.Add(text[i] switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                'x' => byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var other => (byte)other,
            });
            i += text[i] == 'x' ? 2 : 0;
        }

        return [.. bytes];
    }
}
