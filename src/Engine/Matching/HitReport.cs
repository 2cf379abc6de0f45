using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Adds the hits of one object to the caller's list. When one hit is enough, it keeps the order of targets among first
/// matches of bodies: one that is found may wait for a better one. Used by one scan thread.
/// </summary>
internal sealed class HitReport(ImageSet images)
{
    private ICollection<SignatureHit>? _hits;
    private bool _isAllMatches;
    private TargetOrder _order;
    private SignatureHit? _waiting;

    /// <summary>True when a match waits for a better one: the object is detected, whatever follows.</summary>
    public bool IsWaiting => _waiting is not null;

    /// <param name="target">Of the object, 0 to 14.</param>
    /// <param name="allMatches">False: the first strong hit ends the object.</param>
    public void Start(int target, bool allMatches, ICollection<SignatureHit> hits)
    {
        (_isAllMatches, _hits, _waiting) = (allMatches, hits, null);
        _order = allMatches || target == 0 ? TargetOrder.AsFound
            : target == SignatureTargets.BinaryData ? TargetOrder.GenericFirst : TargetOrder.OwnFirst;
    }

    /// <summary>Lets go of the list.</summary>
    public void End() => (_hits, _waiting) = (null, null);

    /// <summary>Adds a hit unless it is ignored.</summary>
    /// <returns>False when it ends the object.</returns>
    public bool Add(int shard, uint signature, long? offset) => !AddStrong(shard, signature, offset) || _isAllMatches;

    /// <summary>Adds a hit of a body, or keeps it in case that one of the better target comes.</summary>
    /// <param name="isGeneric">True for a signature of target 0.</param>
    /// <returns>False when it ends the object.</returns>
    public bool AddBody(int shard, uint signature, long offset, bool isGeneric)
    {
        if (_order == TargetOrder.AsFound)
        {
            return Add(shard, signature, offset);
        }

        if (isGeneric == (_order == TargetOrder.GenericFirst))
        {
            if (!AddStrong(shard, signature, offset))
            {
                return true;
            }

            _waiting = null;
            return false;
        }

        if (_waiting is null && images.HitOf(images.Images[shard], signature, offset) is { } hit)
        {
            if (hit.IsWeak)
            {
                _hits!.Add(hit);
            }
            else
            {
                _waiting = hit;
            }
        }

        return true;
    }

    /// <summary>Adds the match that waits, as no better one came; false when none does.</summary>
    public bool AddWaiting()
    {
        if (_waiting is not null)
        {
            _hits!.Add(_waiting);
        }

        return IsWaiting;
    }

    /// <summary>Adds a hit unless it is ignored; true when it is a strong one.</summary>
    private bool AddStrong(int shard, uint signature, long? offset)
    {
        if (images.HitOf(images.Images[shard], signature, offset) is not { } hit)
        {
            return false;
        }

        _hits!.Add(hit);
        return !hit.IsWeak;
    }

    /// <summary>Which of two first matches of bodies in one object is reported (measured).</summary>
    private enum TargetOrder
    {
        /// <summary>The one found first.</summary>
        AsFound = 0,

        /// <summary>One of the object's own target, then one of target 0.</summary>
        OwnFirst,

        /// <summary>The reverse: binary data.</summary>
        GenericFirst,
    }
}
