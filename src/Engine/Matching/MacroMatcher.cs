using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Macro subsignatures in their documented meaning (clamav-formats.md §3.7, §9.1). The blob: group u8, preceding
/// subsignature u8, two bytes of nothing, least and most distance u32. Groups have members in every image of the set.
/// </summary>
internal readonly struct MacroMatcher(MatchContext context, Image image, BodyCounter counter)
{
    public const int BlobSize = 12;

    /// <summary>True when a member of the group starts the distance after some match of the body.</summary>
    public bool Follows(in ContentView view, uint body, byte group, (uint Least, uint Most) distance)
    {
        if (body == SubsignatureRecord.None || distance.Most < distance.Least)
        {
            return false;
        }

        var record = image.Body(body);
        var (next, last) = record.StartRange(view);
        while (next <= last && counter.Count(view, record, next, last, cap: 1, out var start, out _) > 0 && !context.Budget.IsExhausted)
        {
            if (HasMember(view, group, start + distance.Least, start + distance.Most))
            {
                return true;
            }

            next = start + 1;
        }

        return false;
    }

    private bool HasMember(in ContentView view, byte group, long first, long last)
    {
        for (var shard = 0; shard < context.Images.Images.Count; shard++)
        {
            var owner = context.Images.Images[shard];
            var members = owner.Bytes(owner.Tables.Logical.MacroMembers);
            for (var at = 0; at + 8 <= members.Length; at += 8)
            {
                context.Budget.Spend(1);
                if (BinaryPrimitives.ReadUInt32LittleEndian(members[at..]) == group
                    && IsMemberAt(view, owner, BinaryPrimitives.ReadUInt32LittleEndian(members[(at + 4)..]), first, last))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool IsMemberAt(in ContentView view, Image owner, uint body, long first, long last)
    {
        var record = owner.Body(body);
        return counter.Count(view, record, first, last, cap: 1, out _, out _) > 0 && !context.Images.IsIgnored(owner, record.Signature);
    }
}
