using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Engine.Images;
using Engine.Matching;

namespace Engine;

/// <summary>
/// Matchers and their working memory, kept per image for the next scan. An image that is replaced takes its matchers
/// with it. There are never more than scans ran at one time. Thread-safe.
/// </summary>
internal sealed class MatcherPool
{
    private readonly ConditionalWeakTable<Image, ConcurrentBag<ObjectMatcher>> _idle = [];

    /// <summary>The caller holds a lease on the image.</summary>
    public ObjectMatcher Rent(Image image) =>
        _idle.GetOrCreateValue(image).TryTake(out var matcher) ? matcher : new ObjectMatcher(image);

    /// <summary>Takes it back; while the caller still holds the lease.</summary>
    public void Return(ObjectMatcher matcher) => _idle.GetOrCreateValue(matcher.Image).Add(matcher);
}
