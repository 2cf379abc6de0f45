using System.Globalization;
using System.Text;
using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Logical signatures with a <c>HandlerType</c> (clamav-formats.md §3.7), and clamscan where it is installed.</summary>
public sealed class HandlerTypeTests : IDisposable
{
    private const string Text = "a fox jumps over the lazy dog";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finds_the_same_names_as_the_reference_engine()
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var binary = Archive.Text("\0\u0001\u0002\u0003\0\0\0\0" + Text + "\0\u0001\0");
        (string Name, byte[] Bytes)[] objects =
        [
            ("text", Archive.Text(Text)), ("binary", binary), ("html", Archive.Text($"<html><head><title>{Text}</title></head></html>")),
            ("zip", Archive.Zip(("m", binary))), ("exe", Archive.Text("MZ" + new string('\0', 100) + Text)),
            ("gif", Archive.Text("GIF89a" + new string('\0', 100) + Text)), ("rtf", Archive.Text(@"{\rtf1 " + Text + "}")),
            ("mail", Archive.Text($"a text\nFrom: a@b.test\nTo: c@d.test\nSubject: x\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\n{Text}\n")),
        ];
        var paths = objects.Select(o => _folder.Write($"objects/{o.Name}", o.Bytes)).ToArray();
        foreach (var type in new[] { "HTML", "MAIL", "MSEXE", "TEXT_ASCII", "IGNORED", "ANY", "MSCAB" })
        {
            foreach (var condition in new[] { "Target:0", "Target:1", "Target:3", "Container:CL_TYPE_ZIP,Target:0" })
            {
                var set = Set(type, condition);
                var path = _folder.Write($"db/{type}-{condition}.ldb".Replace(':', '-'), set);
                using var engine = new EngineUnderTest(TimeProvider.System, _folder.Path("scratch"), [("a.ldb", set)]);

                // In a run of its own each: a run remembers what it looked at.
                Assert.All(objects.Zip(paths), pair => Assert.Equal(
                    $"{type}, {condition}: {string.Join(' ', clamScan.Scan(path, pair.Second).NamesByPath[pair.Second])}",
                    $"{type}, {condition}: {string.Join(' ', Names(engine, pair.First.Bytes))}"));
            }
        }
    }

    [Fact]
    public void An_object_is_seen_as_the_first_type_that_is_asked_for()
    {
        var set = Line("X", "HandlerType:CL_TYPE_ZIP,Target:0", "fox") + Line("Y", "HandlerType:CL_TYPE_GZ,Target:0", "fox")
            + Line("In", "Container:CL_TYPE_ZIP,Target:0", "inner mark") + Line("Z", "Target:0", "inner mark");
        using var engine = new EngineUnderTest(TimeProvider.System, _folder.Path("scratch"), [("a.ldb", set)]);
        var hidden = Archive.Join(Archive.Text("GIF89a a fox"), Archive.Zip(("m", Archive.Text("inner mark" + new string('a', 100)))), new byte[70_000]);
        Assert.Equal(["In.UNOFFICIAL", "X.UNOFFICIAL", "Y.UNOFFICIAL", "Z.UNOFFICIAL"], Names(engine, hidden));
    }

    private static IEnumerable<string> Names(EngineUnderTest engine, byte[] bytes)
    {
        var names = engine.Scan(bytes, allMatches: true).Matches.Select(match => match.Signature + ".UNOFFICIAL").ToList();
        Assert.Equal(names.Distinct(StringComparer.Ordinal).Count(), names.Count);
        return names.Order(StringComparer.Ordinal);
    }

    private static string Set(string type, string condition) =>
        string.Concat(Enumerable.Range(0, 15).Select(target => Line($"T{target:00}", $"Target:{target}", "dog")))
        + string.Concat(new[] { "ANY", "BINARY_DATA", "TEXT_ASCII", "ZIP" }.Select(around => Line($"C-{around}", $"Container:CL_TYPE_{around},Target:0", "dog")))
        + Line("X", $"HandlerType:CL_TYPE_{type},{condition}", "fox");

    private static string Line(string name, string condition, string mark) => string.Create(
        CultureInfo.InvariantCulture, $"{name};Engine:51-255,{condition};0;{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(mark))}\n");
}
