using Definitions;
using Engine.Images;
using Engine.Objects;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Every vector of <c>fixtures/clamav-vectors.tsv</c> through compiler and engine, loaded as strictly as the reference does.</summary>
public sealed class ClamVectorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Numbers => [.. ClamVectors.Numbers];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Has_the_verdict_and_the_name_of_the_reference_engine(string number)
    {
        var vector = ClamVectors.Get(number);
        if (vector.Outcome == ClamOutcome.Malformed)
        {
            var refusal = Assert.Throws<RefusedException>(() => Compile(vector));
            Assert.Equal(RefusalReason.SignatureMalformed, refusal.Reason);
            Assert.Contains($"v{vector.FileType}:", refusal.Message, StringComparison.Ordinal);
            return;
        }

        Compile(vector);
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), new ImageSet(Image.Open(_folder.Path("v.image"))));
        var engine = new ScanEngine(active, TimeProvider.System, _folder.Path("scratch"));
        var result = engine.Scan(
            new ScanRequest { Name = "object", Content = new MemoryContent(vector.Content.ToArray()), Profile = new ScanProfile(), AllMatches = true },
            TestContext.Current.CancellationToken);

        Assert.Equal(
            vector.Outcome == ClamOutcome.Hit ? [vector.Name] : [],
            result.Matches.Select(match => match.Signature).Distinct(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal(vector.Outcome == ClamOutcome.Hit ? ScanStatus.Infected : ScanStatus.Clean, result.Status);
    }

    private void Compile(ClamVector vector)
    {
        var path = _folder.Path($"v{vector.FileType}");
        File.WriteAllBytes(path, vector.Signatures.ToArray());
        var package = new PackageId("vectors", DefinitionsVersion.Parse("20261122.001"));
        ImageCompiler.Compile(
            new CompileRequest { Inputs = [new CompileInput(package, IsOfficial: false, IsLenient: false, [path])], GenerationNumber = 1 },
            _folder.Path("v.image"),
            TestContext.Current.CancellationToken);
    }
}
