using Definitions;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

namespace Engine.Tests.Images;

/// <summary>An image compiled from signature text in a folder of its own, verified and opened.</summary>
internal sealed class CompiledImage : IDisposable
{
    public static readonly PackageId Package = new("test", DefinitionsVersion.Parse("20261122.001"));

    private readonly TempFolder _folder = new();

    public CompiledImage(params (string Name, string Content)[] files)
        : this(isOfficial: true, isLenient: false, files)
    {
    }

    public CompiledImage(bool isOfficial, bool isLenient, params (string Name, string Content)[] files)
    {
        var paths = files.Select(f => _folder.Write(f.Name, f.Content)).ToArray();
        Path = _folder.Path("test.image");
        try
        {
            Report = ImageCompiler.Compile(
                new CompileRequest { Inputs = [new CompileInput(Package, isOfficial, isLenient, paths)], GenerationNumber = 7 },
                Path,
                CancellationToken.None);
            Image.Verify(Path, CancellationToken.None);
            Opened = Image.Open(Path);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    /// <summary>An image of signatures in the model, for tests that make them at random.</summary>
    public CompiledImage(IEnumerable<Signature> signatures)
    {
        Path = _folder.Path("test.image");
        var builder = new ImageBuilder();
        builder.AddPackage(Package);
        foreach (var signature in signatures)
        {
            builder.Add(signature, 0, isOfficial: true);
        }

        builder.Write(Path, 1, default, CancellationToken.None);
        Image.Verify(Path, CancellationToken.None);
        Opened = Image.Open(Path);
    }

    public string Path { get; }

    public CompileReport? Report { get; }

    public Image Opened { get; }

    /// <summary>The image as a set of its own, without a claim on it.</summary>
    public ImageSet Set => new(Opened);

    public IReadOnlyList<SignatureHit> Match(byte[] data, ObjectType type = ObjectType.TextAscii, int window = 0)
    {
        var matcher = window == 0 ? new ObjectMatcher(Set) : new ObjectMatcher(Set, window, new GramSearcher(Set.Plan));
        var hits = new List<SignatureHit>();
        Assert.Equal(
            MatchCompletion.Complete,
            matcher.Match(MatchSubject.Raw(Opened.Features, new MemoryContent(data), type), allMatches: true, hits, static () => { }));
        return hits;
    }

    public void Dispose()
    {
        Opened.Dispose();
        _folder.Dispose();
    }
}
