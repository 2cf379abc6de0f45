using Definitions;
using Engine.Images;
using Engine.Objects;
using Engine.Tests.Images;

namespace Engine.Tests.Scanning;

/// <summary>A scan engine over one compiled generation, number 7.</summary>
internal sealed class EngineUnderTest : IDisposable
{
    private readonly CompiledImage _image;
    private readonly ActiveImage _active = new();
    private readonly ScanEngine _engine;

    public EngineUnderTest(TimeProvider time, string scratch, (string Name, string Content)[] files)
    {
        _image = new CompiledImage(files);
        _active.Swap(new GenerationId(7, _image.Report!.InputDigest), _image.Set);
        _engine = new ScanEngine(_active, time, scratch);
    }

    public ScanResult Scan(
        byte[] bytes, string name = "object", ScanProfile? profile = null, bool allMatches = false, CancellationToken token = default) =>
        Scan(new MemoryContent(bytes), name, profile, allMatches, token);

    public ScanResult Scan(
        ObjectContent content, string name = "object", ScanProfile? profile = null, bool allMatches = false, CancellationToken token = default) =>
        _engine.Scan(
            new ScanRequest { Name = name, Content = content, Profile = profile ?? ScanProfile.Default, AllMatches = allMatches },
            token);

    public void Dispose()
    {
        _active.Dispose();
        _image.Dispose();
    }
}
