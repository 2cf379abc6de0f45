using System.Globalization;
using Engine.FileTypes;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>Conditions that are reckoned while scanning, against clamscan and the program <c>yara</c>.</summary>
public sealed class YaraFormulaTests
{
    private const int Rules = 100;
    private const int Objects = 20;

    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Finds_the_same_as_yara(int seed)
    {
        if (YaraProgram.Find() is not { } yara)
        {
            Assert.Skip(YaraProgram.MissingReason);
            return;
        }

        var (cases, rules) = Make(seed, isReference: false);
        using var folder = new TempFolder();
        var path = folder.Write("t.yar", string.Concat(rules));
        Compare(cases, rules, contents => [.. contents.Select((content, i) => yara.Match(path, folder.Write($"objects/{i}", content)))]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Finds_the_same_as_the_reference_engine(int seed)
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var (cases, rules) = Make(seed, isReference: true);
        using var folder = new TempFolder();
        var path = folder.Write("db/t.yar", string.Concat(rules));
        Compare(cases, rules, contents =>
        {
            var paths = contents.Select((content, i) => folder.Write($"objects/{i}", content)).ToArray();
            var report = clamScan.ScanRaw(path, paths);
            return [.. paths.Select(name => report.NamesByPath.TryGetValue(name, out var names)
                ? (IReadOnlyList<string>)[.. names.Select(found => found["YARA.".Length..^".UNOFFICIAL".Length])] : [])];
        });
    }

    private static (YaraFormulas Cases, List<string> Rules) Make(int seed, bool isReference)
    {
        var cases = new YaraFormulas(seed, isReference);
        return (cases, Enumerable.Range(0, Rules).Select(i => cases.Rule(Name(i))).ToList());
    }

    private static void Compare(YaraFormulas cases, List<string> rules, Func<List<byte[]>, IReadOnlyList<IReadOnlyList<string>>> theirs)
    {
        using var image = new CompiledImage(("t.yar", string.Concat(rules)));
        Assert.Empty(image.Report!.Diagnostics);
        var contents = Enumerable.Range(0, Objects).Select(_ => cases.Content()).ToList();
        var expected = theirs(contents);
        var (differences, found) = (new List<string>(), 0);
        foreach (var (content, names) in contents.Zip(expected))
        {
            var type = TypeDetector.Detect(new MemoryContent(content));
            var ours = image.Match(content, type).Select(hit => hit.Signature["YARA.".Length..]).ToHashSet(StringComparer.Ordinal);
            found += ours.Count;
            differences.AddRange(rules.Select((rule, i) => (Rule: rule, Name: Name(i)))
                .Where(rule => ours.Contains(rule.Name) != names.Contains(rule.Name, StringComparer.Ordinal))
                .Select(rule => $"{(ours.Contains(rule.Name) ? "ours" : "theirs")} only: {Convert.ToHexStringLower(content)} {rule.Rule.Trim()}"));
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n{string.Join('\n', differences.Take(40))}");
        Assert.InRange(found, Rules, Rules * Objects);
    }

    private static string Name(int rule) => string.Create(CultureInfo.InvariantCulture, $"R{rule:000}");
}
