using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Testing;

/// <summary>
/// Signature files and the files to scan with them, made from a seed: body signatures over the whole grammar, hashes of
/// all kinds with right, wrong and open sizes, allow lists and ignore lists. Every file meets every signature, so
/// <c>count</c> stands for at least that many (signature, file) cases, each with a signature made for its file.
/// </summary>
public sealed class ClamCases
{
    /// <summary>Ends each file: makes it binary, so that no engine scans a normalised text copy (§8, <c>+Z</c>).</summary>
    private static readonly byte[] _binaryEnd = [0, 1, 0, 0, 1, 0, 0, 1];

    private readonly Dictionary<string, StringBuilder> _databases = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Random _random;

    private ClamCases(int seed)
    {
        // The sequence of a seeded generator is part of the case: it has to come out the same everywhere.
        _random = new Random(seed);
    }

    /// <summary>File name → bytes, more than 5 each.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Database file name → text, one byte a character.</summary>
    public IReadOnlyDictionary<string, string> Databases =>
        _databases.ToDictionary(entry => entry.Key, entry => entry.Value.ToString(), StringComparer.Ordinal);

    public static ClamCases Generate(int seed, int count)
    {
        var cases = new ClamCases(seed);
        for (var i = 0; i < count; i++)
        {
            cases.AddBody(i);
            cases.AddHash(i);
            cases.AddAllowance(i);
        }

        return cases;
    }

    /// <summary>Writes the databases below <c>db/</c> and the files below <c>files/</c>.</summary>
    public void Write(TempFolder folder)
    {
        foreach (var (name, text) in Databases)
        {
            folder.Write(Path.Combine("db", name), text);
        }

        foreach (var (name, content) in Files)
        {
            folder.Write(Path.Combine("files", name), content);
        }
    }

    private static string FileName(int index) => string.Create(CultureInfo.InvariantCulture, $"f{index:d4}");

    private void AddBody(int index)
    {
        var generator = new PatternGenerator(_random);
        var hex = generator.Pattern(isForReference: true);
        byte[] data = [.. generator.Data(ParsedSignatures.Pattern(hex)), .. _binaryEnd];
        _files[FileName(index)] = data;

        var target = _random.Next(8) switch { 0 => "*", 1 => "1", 2 => "15", _ => "0" };
        var levels = _random.Next(10) switch { 0 => ":51", 1 => ":51:255", 2 => ":300", 3 => ":51:200", _ => "" };
        var name = Name("Body", index);
        var line = $"{name}:{target}:{generator.Offset(data.Length)}:{hex}{levels}";
        Add("cases.ndb", line);
        switch (_random.Next(20))
        {
            // Names and names with digests in files of their own: after a line with a digest the reference engine
            // misreads one without (docs/differences.md).
            case 0:
                Add("cases.ign2", name);
                break;
            case 1:
                Add("digests.ign2", $"{name}:{Hex(Md5(Encoding.Latin1.GetBytes(line)))}");
                break;
            case 2:
                Add("digests.ign2", $"{name}:{new string('0', 32)}");
                break;
            case 3:
                Add("cases.ign2", name.ToUpperInvariant());
                break;
        }
    }

    private void AddHash(int index)
    {
        var data = _files[FileName(index)];
        switch (_random.Next(9))
        {
            case 0:
                Add("cases.hdb", $"{Hex(Md5(data))}:{data.Length}:{Name("Md5", index)}");
                break;
            case 1:
                Add("cases.hsb", $"{Hex(Sha1(data)).ToUpperInvariant()}:{data.Length}:{Name("Sha1", index)}");
                break;
            case 2:
                Add("cases.hsb", $"{Hex(SHA256.HashData(data))}:{data.Length}:{Name("Sha256", index)}");
                break;
            case 3:
                Add("cases.hsb", $"{Hex(SHA256.HashData(data))}:*:{Name("AnySize", index)}:73");
                break;
            case 4:
                Add("cases.hdb", $"{Hex(Md5(data))}:{data.Length + 1}:{Name("WrongSize", index)}");
                break;
            case 5:
                Add("cases.hdb", $"{Hex(Md5(data))}:{data.Length}:{Name("TooNew", index)}:300");
                break;
        }
    }

    private void AddAllowance(int index)
    {
        var data = _files[FileName(index)];
        switch (_random.Next(24))
        {
            case 0:
                Add("cases.fp", $"{Hex(Md5(data))}:{data.Length}:{Name("Allow", index)}");
                break;
            case 1:
                Add("cases.sfp", $"{Hex(SHA256.HashData(data))}:*:{Name("Allow", index)}:73");
                break;
            case 2:
                Add("cases.fp", $"{Hex(Sha1(data))}:{data.Length + 1}:{Name("AllowWrong", index)}");
                break;
        }
    }

    private void Add(string database, string line)
    {
        if (!_databases.TryGetValue(database, out var text))
        {
            _databases[database] = text = new StringBuilder("# generated\n");
        }

        text.Append(line).Append('\n');
    }

    private static string Name(string kind, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"Case.{kind}-{index}");

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

#pragma warning disable CA5350, CA5351 // The signature formats are defined on these digests.
    private static byte[] Md5(byte[] data) => MD5.HashData(data);

    private static byte[] Sha1(byte[] data) => SHA1.HashData(data);
#pragma warning restore CA5350, CA5351
}
