using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Engine.Images;
using Engine.Matching;

namespace Engine;

/// <summary>
/// Matchers and their working memory, kept per set of images for the next scan. A set that is replaced takes its matchers
/// with it. There are never more than scans ran at one time. Thread-safe.
/// </summary>
internal sealed class MatcherPool
{
    private readonly ConditionalWeakTable<ImageSet, ConcurrentBag<ObjectMatcher>> _idle = [];

    /// <summary>The caller holds a lease on the images.</summary>
    public ObjectMatcher Rent(ImageSet images) =>
        _idle.GetOrCreateValue(images).TryTake(out var matcher) ? matcher : new ObjectMatcher(images);

    /// <summary>Takes it back; while the caller still holds the lease.</summary>
    public void Return(ObjectMatcher matcher) => _idle.GetOrCreateValue(matcher.Images).Add(matcher);
}
