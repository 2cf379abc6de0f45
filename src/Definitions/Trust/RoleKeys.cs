namespace Definitions.Trust;

/// <summary>
/// The keys that may sign one role, and how many of them must. Belongs to a root or, later, to a delegator.
/// Immutable, thread-safe.
/// </summary>
public sealed class RoleKeys
{
    private readonly Dictionary<string, TrustKey> _usable;

    /// <param name="keyIds">Distinct; ids without a usable key stay listed and never count.</param>
    /// <param name="threshold">At least 1.</param>
    /// <param name="keys">The usable keys of the file, by id.</param>
    /// <exception cref="ArgumentOutOfRangeException">A threshold below 1 would mean no verification at all.</exception>
    internal RoleKeys(IReadOnlyList<string> keyIds, long threshold, Dictionary<string, TrustKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        KeyIds = keyIds;
        Threshold = threshold;
        _usable = keyIds.Where(keys.ContainsKey).ToDictionary(id => id, id => keys[id], StringComparer.Ordinal);
    }

    public IReadOnlyList<string> KeyIds { get; }

    /// <summary>May be more than there are keys: then nothing verifies, which is the owner's business.</summary>
    public long Threshold { get; }

    /// <summary>How many different keys have signed; counting ends at the threshold.</summary>
    public int CountValid(MetadataEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var counted = new HashSet<Digest>();
        foreach (var signature in envelope.Signatures)
        {
            // Distinct id (the envelope has no repeated ones) and distinct public value (GHSA-3633-5h82-39pq).
            if (counted.Count < Threshold
                && _usable.TryGetValue(signature.KeyId, out var key)
                && !counted.Contains(key.Fingerprint)
                && key.Verify(envelope.SignedBytes.Span, signature.Value.Span))
            {
                counted.Add(key.Fingerprint);
            }
        }

        return counted.Count;
    }

    /// <exception cref="RefusedException"><see cref="RefusalReason.SignatureThreshold"/>: too few valid signatures.</exception>
    public void Demand(MetadataEnvelope envelope, string role)
    {
        var valid = CountValid(envelope);
        if (valid < Threshold)
        {
            throw new RefusedException(
                RefusalReason.SignatureThreshold,
                $"{role}: {valid} of {Threshold} required signatures are valid ({envelope.Signatures.Count} present).");
        }
    }

    /// <summary>Same key ids and same threshold; order does not matter.</summary>
    public bool IsSameAs(RoleKeys other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Threshold == other.Threshold && KeyIds.ToHashSet(StringComparer.Ordinal).SetEquals(other.KeyIds);
    }
}
