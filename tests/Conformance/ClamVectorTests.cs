using System.Collections.Concurrent;
using Testing;

namespace Conformance;

/// <summary>The vectors are facts: the reference engine, where it is installed, still judges as they say.</summary>
public sealed class ClamVectorTests
{
    [Fact]
    public async Task The_reference_engine_judges_every_vector_as_written()
    {
        var reference = ClamScan.Find();
        Assert.SkipWhen(reference is null, ClamScan.MissingReason);
        var differences = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(ClamVectors.Numbers, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (number, _) =>
        {
            var vector = ClamVectors.Get(number);
            using var folder = new TempFolder();
            File.WriteAllBytes(folder.Path($"v{vector.FileType}"), vector.Signatures.ToArray());
            File.WriteAllBytes(folder.Path("object"), vector.Content.ToArray());
            var report = reference!.Scan(folder.Path($"v{vector.FileType}"), folder.Path("object"));
            var outcome = report.ExitCode switch { 0 => ClamOutcome.Miss, 1 => ClamOutcome.Hit, _ => ClamOutcome.Malformed };
            if (outcome != vector.Outcome
                || (outcome == ClamOutcome.Hit && !report.NamesByPath[folder.Path("object")].SetEquals([vector.Name])))
            {
                differences.Add($"{vector}: {outcome}");
            }

            return ValueTask.CompletedTask;
        });

        Assert.Empty(differences);
    }
}
