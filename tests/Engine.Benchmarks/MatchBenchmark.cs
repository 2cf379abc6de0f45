using BenchmarkDotNet.Attributes;
using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

namespace Engine.Benchmarks;

/// <summary>Matching 16 MiB, compiling and opening, at two sizes of the set: cost must follow the bytes, not the set.</summary>
[MemoryDiagnoser]
public class MatchBenchmark : IDisposable
{
    private const int Planted = 50;

    private readonly TempFolder _folder = new();
    private readonly List<SignatureHit> _hits = [];
    private MemoryContent _content = new(default);
    private CompileRequest _request = new() { Inputs = [] };
    private Image? _image;
    private ObjectMatcher? _matcher;

    [Params(10_000, 100_000)]
    public int Patterns { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        var set = new SyntheticSet(Patterns, Planted);
        _content = new MemoryContent(set.Data);
        var package = new PackageId("synthetic", new DefinitionsVersion(new DateOnly(2026, 11, 22), 1));
        _request = new CompileRequest { Inputs = [new CompileInput(package, true, false, [_folder.Write("s.ndb", set.Lines)])] };
        CompileSet();
        _image = Image.Open(_folder.Path("s.image"));
        _matcher = new ObjectMatcher(new ImageSet(_image));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _image?.Dispose();
        _content.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Match16MiB()
    {
        _hits.Clear();
        var completion = _matcher!.Match(MatchSubject.Raw(_content, ObjectType.Binary), allMatches: true, _hits, static () => { });
        return completion == MatchCompletion.Complete && _hits.Count == Planted
            ? _hits.Count
            : throw new InvalidOperationException($"{_hits.Count} of {Planted} planted patterns were found.");
    }

    [Benchmark]
    public long CompileSet() => ImageCompiler.Compile(_request, _folder.Path("s.image"), CancellationToken.None).ImageBytes;

    [Benchmark]
    public long OpenImage()
    {
        using var image = Image.Open(_folder.Path("s.image"));
        return image.SignatureCount == Patterns
            ? image.SignatureCount
            : throw new InvalidOperationException("The image does not hold all patterns.");
    }
}
