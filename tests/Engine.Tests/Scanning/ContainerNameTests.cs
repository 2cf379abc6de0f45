using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>
/// The names that containers go by in <c>Container</c>, <c>Intermediates</c> and <c>.cdb</c> lines (clamav-formats.md §3.7,
/// §3.8, §4.2), and clamscan where it is installed.
/// </summary>
public sealed class ContainerNameTests : IDisposable
{
    private const string Mark = "MARK OF A MEMBER";

    private static readonly string _page = $"<html><head><title>{Mark.ToLowerInvariant()}</title></head></html>";

    private static readonly string[] _tarNames = ["OLD_TAR", "POSIX_TAR", "GZ", "ANY"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.V7, "C-OLD_TAR I-OLD_TAR D-OLD_TAR")]
    [InlineData(TarEntryFormat.Ustar, "C-POSIX_TAR I-POSIX_TAR D-POSIX_TAR")]
    [InlineData(TarEntryFormat.Gnu, "C-POSIX_TAR I-POSIX_TAR D-POSIX_TAR")]
    [InlineData(TarEntryFormat.Pax, "C-POSIX_TAR I-POSIX_TAR D-POSIX_TAR")]
    public void Old_tar_files_and_those_of_POSIX_have_a_name_each(TarEntryFormat format, string expected)
    {
        var tar = Archive.Tar(format, ("m.txt", Archive.Text(Mark)));
        using var engine = Engine(Files(["OLD_TAR", "POSIX_TAR"]));
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), Names(engine, tar));
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), Names(engine, Archive.Gzip(tar)));
    }

    [Fact]
    public void Names_of_tar_files_are_those_of_clamscan() => Compare(
        _tarNames,
        [.. Enum.GetValues<TarEntryFormat>().Where(format => format != TarEntryFormat.Unknown)
            .Select(format => (format.ToString(), Archive.Tar(format, ("m.txt", Archive.Text(Mark)))))
            .SelectMany(o => new[] { o, (o.Item1 + ".gz", Archive.Gzip(o.Item2)) })]);

    [Fact]
    public void Levels_are_counted_as_in_clamscan() => Compare(
        ["ZIP", "ANY", "HTML", "GZ"],
        [
            ("page.html", Archive.Text(_page)), ("page.zip", Archive.Zip(("m.txt", Archive.Text(_page)))),
            ("deep.gz", Archive.Gzip(Archive.Zip(("a.zip", Archive.Zip(("m.txt", Archive.Text(Mark))))))),
        ]);

    private void Compare(string[] names, (string Name, byte[] Bytes)[] objects)
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var files = Files(names);
        foreach (var (name, content) in files)
        {
            _folder.Write($"db/{name}", content);
        }

        var paths = objects.Select(o => _folder.Write($"objects/{o.Name}", o.Bytes)).ToArray();
        var expected = clamScan.Scan(_folder.Path("db"), paths).NamesByPath;
        using var engine = Engine(files);
        Assert.All(objects.Zip(paths), pair => Assert.Equal(
            string.Join(' ', expected[pair.Second].Select(name => name.Replace(".UNOFFICIAL", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)),
            string.Join(' ', Names(engine, pair.First.Bytes))));
    }

    private EngineUnderTest Engine((string Name, string Content)[] files) =>
        new(TimeProvider.System, _folder.Path("scratch"), files);

    private static IEnumerable<string> Names(EngineUnderTest engine, byte[] bytes) => engine.Scan(bytes, allMatches: true).Matches
        .Select(match => match.Signature).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Signatures <c>C-…</c>, <c>I-…</c>, <c>I-…-…</c> and <c>D-…</c> for containers, intermediates, two of them, members.</summary>
    private static (string Name, string Content)[] Files(string[] names)
    {
        var (logical, members) = (new StringBuilder(), new StringBuilder());
        foreach (var name in names)
        {
            Add($"C-{name}", $"Container:CL_TYPE_{name}");
            Add($"I-{name}", $"Intermediates:CL_TYPE_{name}");
            foreach (var inner in names)
            {
                Add($"I-{name}-{inner}", $"Intermediates:CL_TYPE_{name}>CL_TYPE_{inner}");
            }

            members.Append(CultureInfo.InvariantCulture, $"D-{name}:CL_TYPE_{name}:*:m.txt:*:*:*:*:*:*\n");
        }

        return [("a.ldb", logical.ToString()), ("c.cdb", members.ToString())];

        void Add(string name, string condition) => logical.Append(
            CultureInfo.InvariantCulture,
            $"{name};Engine:51-255,Target:0,{condition};0;{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Mark))}::i\n");
    }
}
