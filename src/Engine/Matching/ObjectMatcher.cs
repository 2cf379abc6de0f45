using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// Matches objects against one image. Holds the working memory of one scan thread: not thread-safe, reused from
/// object to object, no allocation in the steady state but for reported hits.
/// </summary>
public sealed class ObjectMatcher
{
    public ObjectMatcher(Image image) => throw new NotImplementedException();

    public Image Image => throw new NotImplementedException();

    /// <summary>
    /// Adds every match on the object's bytes to <paramref name="hits"/>, in the order in which they are reported
    /// (clamav-formats.md §3.13: bodies, then digests); with <paramref name="allMatches"/> false it may stop at the
    /// first strong one. Objects of 5 bytes and less never match (§3.4).
    /// </summary>
    /// <param name="progress">Called at least every 64 KiB of work; may throw to end the scan.</param>
    public MatchCompletion Match(
        ObjectContent content, ObjectType type, bool allMatches, ICollection<SignatureHit> hits, Action progress) =>
        throw new NotImplementedException();

    /// <summary>
    /// True when an allow-list digest (<c>.fp</c>, <c>.sfp</c>) covers the object. Digests are computed only when the
    /// image has an entry of this length.
    /// </summary>
    public bool IsAllowed(ObjectContent content) => throw new NotImplementedException();
}

/// <summary>Whether everything was looked at.</summary>
public enum MatchCompletion
{
    Complete,

    /// <summary>A work budget ended the search: the object is not fully scanned.</summary>
    BudgetExhausted,
}

/// <summary>One signature that matched.</summary>
/// <param name="Signature">The reported name, <c>.UNOFFICIAL</c> included where due.</param>
/// <param name="Package">Where it came from.</param>
/// <param name="Offset">Start of the match in the object; null for digests.</param>
/// <param name="IsWeak">Potentially unwanted (<c>PUA.</c>, <c>Heuristics.</c>, <c>BC.Heuristics.</c>): reported only if nothing strong matched.</param>
public sealed record SignatureHit(string Signature, PackageId Package, long? Offset, bool IsWeak);
