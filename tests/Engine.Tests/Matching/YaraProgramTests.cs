using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>Rules against the program <c>yara</c>, for what goes beyond the subset of the reference engine too.</summary>
public sealed class YaraProgramTests
{
    private const int Rules = 150;
    private const int Objects = 25;

    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Finds_the_same_rules(int seed)
    {
        if (YaraProgram.Find() is not { } yara)
        {
            Assert.Skip(YaraProgram.MissingReason);
            return;
        }

        var conditions = new YaraConditions(seed);
        var rules = Enumerable.Range(0, Rules).Select(i => conditions.Rule($"R{i:000}")).ToList();
        using var folder = new TempFolder();
        using var image = new CompiledImage(("t.yar", string.Concat(rules)));
        var path = folder.Write("t.yar", string.Concat(rules));
        var leftOut = image.Report!.Diagnostics.Select(found => found.ToString()).ToList();
        Assert.True(leftOut.Count <= Rules / 20, string.Join('\n', leftOut));
        var differences = new List<string>();
        for (var i = 0; i < Objects; i++)
        {
            var content = conditions.Content();
            var ours = image.Match(content, ObjectType.Binary).Select(hit => hit.Signature["YARA.".Length..]).ToHashSet(StringComparer.Ordinal);
            var theirs = yara.Match(path, folder.Write($"objects/{i}", content)).ToHashSet(StringComparer.Ordinal);
            differences.AddRange(rules.Select((rule, index) => (Rule: rule, Name: $"R{index:000}"))
                .Where(rule => ours.Contains(rule.Name) != theirs.Contains(rule.Name))
                .Where(rule => !leftOut.Exists(found => found.StartsWith($"t.yar:{int.Parse(rule.Name[1..], System.Globalization.CultureInfo.InvariantCulture) + 1}:", StringComparison.Ordinal)))
                .Select(rule => $"{(ours.Contains(rule.Name) ? "ours" : "yara")} only: {Convert.ToHexStringLower(content)} {rule.Rule.Trim()}"));
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n{string.Join('\n', differences.Take(40))}");
    }
}
