using Definitions;

namespace Engine.Matching;

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
