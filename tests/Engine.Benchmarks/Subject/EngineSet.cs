using Definitions;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;

namespace Engine.Benchmarks.Subject;

/// <summary>
/// The one place where benchmarks touch the engine: compile, open, match, scan. Whatever changes in its interface is
/// followed here, and no row changes.
/// </summary>
internal sealed class EngineSet : IDisposable
{
    private readonly ActiveImage _active = new();
    private readonly ImageSet _images;
    private readonly ScanEngine _engine;
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("updater-benchmark-scratch-");

    private EngineSet(ImageSet images)
    {
        _images = images;
        _active.Swap(new GenerationId(1, images.Images[0].InputDigest), images);
        _engine = new ScanEngine(_active, TimeProvider.System, _scratch.FullName);
    }

    public long Signatures => _images.SignatureCount;

    /// <summary>Compiles signature files into one image file.</summary>
    /// <exception cref="InvalidOperationException">A line was not taken.</exception>
    public static void Compile(IReadOnlyList<string> files, string imagePath)
    {
        var package = new PackageId("synthetic", new DefinitionsVersion(new DateOnly(2026, 11, 27), 1));
        var request = new CompileRequest { Inputs = [new CompileInput(package, IsOfficial: true, IsLenient: false, files)] };
        var report = ImageCompiler.Compile(request, imagePath, CancellationToken.None);
        if (report.Signatures.Values.Sum() != report.Lines)
        {
            throw new InvalidOperationException(
                $"{report.Signatures.Values.Sum()} of {report.Lines} signatures were taken: {string.Join("; ", report.Diagnostics.Take(3))}");
        }
    }

    /// <summary>Maps what <see cref="Compile"/> wrote; reads nothing that grows with the set.</summary>
    public static EngineSet Open(string imagePath) => new(ImageSet.Open([imagePath]));

    /// <summary>Opens the image and makes it the one that scans use, in place of this set's.</summary>
    public void Activate(string imagePath)
    {
        var images = ImageSet.Open([imagePath]);
        _active.Swap(new GenerationId(2, images.Images[0].InputDigest), images);
    }

    /// <summary>The working memory of one scan thread.</summary>
    public EngineMatcher NewMatcher() => new(_images);

    /// <summary>As before a scan of several files: <see cref="ScanEngine.HashAhead"/>.</summary>
    public void HashAhead(IReadOnlyList<FileContent> files) => _engine.HashAhead(files);

    /// <summary>A whole scan of a file: read, typed, decomposed, normalised, digests, all matches. Names found.</summary>
    /// <exception cref="InvalidOperationException">The scan did not come to its end.</exception>
    public SortedSet<string> Scan(string path)
    {
        using var content = FileContent.Open(path);
        return Scan(content, Path.GetFileName(path));
    }

    public SortedSet<string> Scan(ObjectContent content, string name = "benchmark")
    {
        var result = _engine.Scan(new ScanRequest { Name = name, Content = content, AllMatches = true }, CancellationToken.None);
        return result.Generation is null
            ? throw new InvalidOperationException($"{name}: {result.Code}")
            : new SortedSet<string>(result.Matches.Select(match => match.Signature), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        _active.Dispose();
        _scratch.Delete(recursive: true);
    }
}

/// <summary>Matches bytes in memory, without reading, decomposing or normalising.</summary>
internal sealed class EngineMatcher(ImageSet images)
{
    private readonly ObjectMatcher _matcher = new(images);
    private readonly ObjectDigests _digests = new();
    private readonly List<SignatureHit> _hits = [];

    /// <summary>What the last call found.</summary>
    public IEnumerable<string> Names => _hits.Select(hit => hit.Signature);

    /// <summary>False when the last call ended because its budget of work was used up: such an object is never clean.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Matches the bytes as an object of their own type. Every match is looked for.</summary>
    /// <returns>Signatures that match.</returns>
    public int Match(ReadOnlyMemory<byte> bytes) => Match(bytes, isComplete: true);

    /// <param name="isComplete">True: a match that ran out of its budget is an error.</param>
    public int Match(ReadOnlyMemory<byte> bytes, bool isComplete)
    {
        using var content = new MemoryContent(bytes);
        return Match(MatchSubject.Raw(images.Features, content, TypeDetector.Detect(content)), isComplete);
    }

    /// <summary>Matches the bytes as an object of no known type.</summary>
    public int MatchBinary(ReadOnlyMemory<byte> bytes)
    {
        using var content = new MemoryContent(bytes);
        return Match(MatchSubject.Raw(content, ObjectType.Binary), isComplete: true);
    }

    /// <summary>Computes the digests that the set asks for and looks them up.</summary>
    public int Digests(ReadOnlyMemory<byte> bytes)
    {
        using var content = new MemoryContent(bytes);
        return Digests(content);
    }

    /// <inheritdoc cref="Digests(ReadOnlyMemory{byte})"/>
    /// <param name="content">What was computed of it ahead is not computed again.</param>
    public int Digests(ObjectContent content)
    {
        _digests.Start(content.Length);
        if (content is FileContent { Md5: { } md5 })
        {
            _digests.Know(HashKind.Md5, md5);
        }

        return Match(new MatchSubject { Content = content, Target = 0, IsDigestsOnly = true, Digests = _digests }, isComplete: true);
    }

    private int Match(in MatchSubject subject, bool isComplete)
    {
        _hits.Clear();
        var completion = _matcher.Match(subject, allMatches: true, _hits, static () => { });
        IsComplete = completion == MatchCompletion.Complete;
        return IsComplete || !isComplete
            ? _hits.Count
            : throw new InvalidOperationException("The match ran out of its budget.");
    }
}
