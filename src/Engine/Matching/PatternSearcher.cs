using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The pass over an object's bytes: finds where anchors lie. One implementation per way to do it; all yield the same
/// anchors in the same order for the same calls.
/// </summary>
internal abstract class PatternSearcher
{
    /// <summary>Bytes that a window must hold beyond its last start, or fewer at the object's end.</summary>
    public const int Overlap = FilterPasses.MaxReach;

    /// <summary>True when no image has an anchor or a place for this target.</summary>
    /// <param name="target">0 to 14, of the object.</param>
    public abstract bool IsEmpty(int target);

    /// <summary>
    /// Reports every anchor of target 0 and <paramref name="target"/> that starts in <paramref name="from"/> (inclusive)
    /// to <paramref name="to"/> (exclusive) and lies in the window as a whole; those of one body in ascending order.
    /// </summary>
    /// <param name="sink">Told of each; the search ends when it returns false.</param>
    /// <returns>False when the sink ended the search.</returns>
    /// <exception cref="ImageException">An image is damaged.</exception>
    public abstract bool Search(ReadOnlySpan<byte> window, int from, int to, int target, AnchorSink sink);

    /// <summary>Reports the bodies that can stand at one place only and seem to; once per object.</summary>
    /// <returns>False when the sink ended the search.</returns>
    /// <exception cref="ImageException">An image is damaged.</exception>
    /// <exception cref="IOException">The object could not be read.</exception>
    public abstract bool SearchPlaces(in ContentView view, int target, AnchorSink sink);
}

/// <summary>What is done with an anchor.</summary>
internal abstract class AnchorSink
{
    /// <param name="position">Of the anchor, in the window.</param>
    /// <param name="shard">Place of the image in the set.</param>
    /// <param name="body">Index of the body that it belongs to; not checked against the image.</param>
    /// <returns>False to end the search.</returns>
    public abstract bool OnAnchor(ReadOnlySpan<byte> window, int position, int shard, uint body);

    /// <summary>As <see cref="OnAnchor"/>, of an anchor anywhere in the object.</summary>
    public abstract bool OnPlace(long place, int shard, uint body);
}
