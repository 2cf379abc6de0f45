using System.Globalization;
using System.Text;
using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Archives behind something else, as conditions on containers see them: clamav-formats.md §3.7, §3.8, §4.2.</summary>
public sealed class EmbeddedArchiveTests : IDisposable
{
    private static readonly string[] _types =
    [
        "ANY", "ZIP", "ZIPSFX", "7Z", "7ZSFX", "SFX", "BINARY_DATA", "TEXT_ASCII", "GIF", "PDF", "ELF", "MSEXE",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Conditions_on_containers_hold_as_in_clamscan()
    {
        var zip = Archive.Zip(("m1", Member()), ("m2", Archive.Text("second member")));
        var sevenZip = Archive.WithTool("7z", "a -mx=0 a.7z m1", "a.7z", ("m1", Member()));
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        (string Name, byte[] Bytes)[] objects =
        [
            ("bare", zip), ("script", Archive.Join("#!/bin/sh\necho FRONTMARK\n"u8.ToArray(), zip)),
            ("data", Archive.Join(Front("\0\u0001"), zip)), ("gif", Archive.Join(Front("GIF89a"), zip)),
            ("exe", Archive.Join(Front("MZ"), zip)), ("elf", Archive.Join(Front("\u007fELF\u0002\u0001\u0001"), zip)),
            ("pdf", Archive.Join(Archive.Text("%PDF-1.4\ntext FRONTMARK\n"), zip)),
            ("bare7z", sevenZip), ("data7z", Archive.Join(Front("\0\u0001"), sevenZip)), ("exe7z", Archive.Join(Front("MZ"), sevenZip)),
        ];
        var (logical, members) = (new StringBuilder(), new StringBuilder());
        foreach (var type in _types)
        {
            logical.Append(Line($"C-{type}", $"Container:CL_TYPE_{type}", "SECONDMARK"));
            logical.Append(Line($"F-{type}", $"Container:CL_TYPE_{type}", "FRONTMARK"));
            foreach (var inner in new[] { "ZIP", "ZIPSFX", "7Z" })
            {
                logical.Append(Line($"I-{type}-{inner}", $"Intermediates:CL_TYPE_{type}>CL_TYPE_{inner}", "SECONDMARK"));
            }

            members.Append(CultureInfo.InvariantCulture, $"D-{type}:CL_TYPE_{type}:*:m1:*:*:*:*:*:*\n");
        }

        members.Append(CultureInfo.InvariantCulture, $"D-size:*:{zip.Length}:m1:*:*:*:*:*:*\nD-size7:*:{sevenZip.Length}:m1:*:*:*:*:*:*\n");
        var paths = objects.Select(o => _folder.Write($"objects/{o.Name}", o.Bytes)).ToArray();
        _folder.Write("db/a.ldb", logical.ToString());
        _folder.Write("db/c.cdb", members.ToString());
        var expected = clamScan.Scan(_folder.Path("db"), paths).NamesByPath;
        using var engine = new EngineUnderTest(
            TimeProvider.System, _folder.Path("scratch"), [("a.ldb", logical.ToString()), ("c.cdb", members.ToString())]);
        Assert.All(objects.Zip(paths), pair => Assert.Equal(
            string.Join(' ', expected[pair.Second]),
            string.Join(' ', engine.Scan(pair.First.Bytes, pair.First.Name, allMatches: true).Matches
                .Select(match => match.Signature + ".UNOFFICIAL").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))));
    }

    // Compressed in a ZIP, so that only the member holds the mark; in a stored 7z the carrier's bytes hold it too.
    private static byte[] Member() => Archive.Text("SECONDMARK \0\u0001" + new string('a', 200));

    private static byte[] Front(string magic) => Archive.Text(magic + string.Concat(Enumerable.Repeat("\0\u0001\u0002FRONTMARK\0", 20)));

    private static string Line(string name, string condition, string mark) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name};Engine:51-255,Target:0,{condition};0;{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(mark))}\n");
}
