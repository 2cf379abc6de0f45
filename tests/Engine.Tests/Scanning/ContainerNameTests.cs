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

    private static readonly string[] _zipNames = ["ZIP", "OOXML_WORD", "OOXML_XL", "OOXML_PPT", "OOXML_HWP", "ANY"];

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

    [Theory]
    [InlineData("a word/m.txt", "C-OOXML_WORD C-ZIP")]
    [InlineData("a b xl/m.txt", "C-OOXML_XL C-ZIP")]
    [InlineData("a b c word/m.txt", "C-ZIP")]
    [InlineData("Word/m.txt", "C-ZIP")]
    [InlineData("ppt/m.txt", "C-OOXML_PPT")]
    [InlineData("Contents/content.hpf m.txt", "C-OOXML_HWP C-ZIP")]
    [InlineData("[Content_Types].xml _rels/.rels a b word/m.txt", "C-OOXML_WORD C-ZIP")]
    [InlineData("m.txt a docProps/app.xml ppt/x word/x", "C-OOXML_PPT")]
    [InlineData("_rels/.rels a b word/m.txt", "C-ZIP")]
    [InlineData("a b c docProps/app.xml word/m.txt", "C-ZIP")]
    [InlineData("[Content_Types].xml a", "")]
    public void Office_documents_go_by_the_names_of_their_members(string members, string expected)
    {
        // What lies behind the first member of a document is seen in a ZIP inside of it as well.
        using var engine = Engine(Files(_zipNames));
        Assert.Equal(expected, string.Join(' ', Names(engine, Document(members)).Where(name => name.StartsWith("C-", StringComparison.Ordinal))));
    }

    [Fact]
    public void Conditions_on_a_document_hold_on_one_way_up_or_the_other()
    {
        var both = "CI;Engine:51-255,Target:0,Container:CL_TYPE_ZIP,Intermediates:CL_TYPE_OOXML_WORD;0;4d41524b204f46204120\n"
            + "CC;Engine:51-255,Target:0,Container:CL_TYPE_ZIP,Intermediates:CL_TYPE_OOXML_WORD>CL_TYPE_ZIP;0;4d41524b204f46204120\n";
        using var engine = Engine([("a.ldb", both)]);
        Assert.Equal(["CC"], Names(engine, Document("word/a m.txt")));
    }

    [Fact]
    public void Names_of_office_documents_are_those_of_clamscan()
    {
        string[] layouts =
        [
            "m.txt", "xl/m.txt", "a xl/m.txt", "a b ppt/m.txt", "a b c word/m.txt", "Contents/content.hpf m.txt", "word m.txt",
            "[Content_Types].xml _rels/.rels docProps/app.xml docProps/core.xml word/m.txt", "mimetype a b Contents/content.hpf m.txt",
            "a b docProps/a ppt/x xl/x m.txt", "_rels/.rels a b word/m.txt", "[Content_Types].xml a word/m.txt b m.txt",
        ];
        var documents = layouts.Select((layout, i) => ($"{i:00}", Document(layout))).ToList();
        documents.Add(("deep.gz", Archive.Gzip(Archive.Zip(("in.docx", Document("a word/b m.txt"))))));
        documents.Add(("deep.docx", Archive.Zip(("word/a", Archive.Text("a")), ("m.docx", Document("a word/b m.txt")))));
        documents.Add(("script", Archive.Join("#!/bin/sh\necho\n"u8.ToArray(), Document("word/a m.txt"))));
        foreach (var length in new[] { 30_190, 30_191 })
        {
            documents.Add(($"far-{length}", Archive.Zip(
                System.IO.Compression.CompressionLevel.NoCompression, ("a", Archive.Noise(length)), ("word/m.txt", Archive.Text(Mark)))));
        }

        Compare(_zipNames, [.. documents]);
    }

    // Compressed, so that no bytes but those of the member hold the mark.
    private static byte[] Document(string members) => Archive.Zip([.. members.Split(' ').Select(name =>
        (name, Archive.Text(name.Contains("m.txt", StringComparison.Ordinal) ? string.Concat(Enumerable.Repeat(Mark + '\n', 20)) : "<a/>")))]);

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
