using Definitions;

namespace Engine.Images;

/// <summary>
/// The one reference that scans use and activation exchanges (M-212). Lock-free for readers: a lease adds to the
/// image's counter unless it is closed, then looks again. The last lease of a replaced image unmaps it.
/// </summary>
public sealed class ActiveImage : IDisposable
{
    /// <summary>Makes the image the active one; scans that hold the old one finish on it. Takes ownership.</summary>
    public void Swap(GenerationId generation, Image image) => throw new NotImplementedException();

    /// <summary>The active generation, or null when there are no definitions.</summary>
    public GenerationId? Generation => throw new NotImplementedException();

    /// <summary>Images still mapped because a scan holds them, the active one included.</summary>
    public int MappedImages => throw new NotImplementedException();

    /// <summary>A hold on exactly one generation, or null when there are no definitions.</summary>
    public ImageLease? TryLease() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <summary>A scan's hold on one generation. Dispose once.</summary>
public sealed class ImageLease : IDisposable
{
    internal ImageLease() => throw new NotImplementedException();

    public GenerationId Generation => throw new NotImplementedException();

    public Image Image => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
