using System.Globalization;
using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>Where byte comparisons start, against the reference engine where it is installed.</summary>
public sealed class ByteCompareReferenceTests
{
    private const int Places = 9;

    private static readonly string[] _references =
    [
        "4141", "4141*4242", "4141{1-4}4242", "4141{1-10}4242", "4141{-200}4242", "4141{1-300}4242",
        "4141*4242{1-10}4343", "(4141|41)4242", "0/A+/", "0/A./g",
    ];

    [Fact]
    public void Byte_comparisons_start_where_they_do_in_clamscan()
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        var lines = string.Concat(_references.SelectMany((reference, i) => Enumerable.Range(0, Places).Select(place =>
            string.Create(CultureInfo.InvariantCulture, $"T{i}-{place};Engine:101-255,Target:0;0&1&2;4141;{reference};1(>>2#ib1#={place})\n"))));
        using var folder = new TempFolder();
        var objects = Objects().ToArray();
        var paths = objects.Select((bytes, i) => folder.Write($"files/{i}", bytes)).ToArray();
        var report = clamscan!.Scan(folder.Write("cases.ldb", lines), paths);
        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("cases.ldb", lines));
        Assert.All(objects.Zip(paths), pair => Assert.Equal(
            string.Join(' ', report.NamesByPath[pair.Second]),
            string.Join(' ', image.Match(pair.First, ObjectType.Binary).Select(hit => hit.Signature).Order(StringComparer.Ordinal))));
        Assert.Contains(report.NamesByPath.Values, names => names.Count > 3);
    }

    /// <summary>First parts with their number behind them, and second and third parts among or behind them.</summary>
    private static IEnumerable<byte[]> Objects()
    {
        byte[] end = [0, 1, 0, 0, 1, 0, 0, 1];
        foreach (var count in new[] { 1, 2, 3, 7, Places })
        {
            var firsts = Enumerable.Range(0, count).Select(i => (byte[])[0x41, 0x41, (byte)i]).ToArray();
            yield return [0x78, .. firsts.SelectMany(first => (byte[])[.. first, 0x2E]), .. "BB.CC"u8, .. end];
            yield return [0x78, .. firsts.SelectMany(first => (byte[])[.. first, 0x2E]), .. "BB..BB..CC..CC"u8, .. end];
            yield return [0x78, .. firsts.SelectMany(first => (byte[])[.. first, .. "BB"u8]), .. "CC..CC"u8, .. end];
            yield return [0x78, .. firsts.SelectMany(first => (byte[])[.. first, .. "BB.CC."u8]), .. end];
        }
    }
}
