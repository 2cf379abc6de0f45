using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Compares what containers say of their members with the signatures about that (clamav-formats.md §3.8). The last
/// line of the input is reported first, as the reference engine does.
/// </summary>
internal static class MemberMatcher
{
    /// <summary>Signatures compared between two calls of the progress callback.</summary>
    private const int ProgressStep = 256;

    /// <param name="names">Working memory of the scan.</param>
    /// <param name="progress">May throw to end the scan.</param>
    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    /// <exception cref="IOException">The container could not be read.</exception>
    public static void Match(
        ImageSet images, in SeenMember member, bool allMatches, List<SignatureHit> hits, NameMachine names, Action progress)
    {
        for (var shard = images.Images.Count - 1; shard >= 0; shard--)
        {
            if (!Match(images, images.Images[shard], member, allMatches, hits, names, progress))
            {
                return;
            }
        }
    }

    /// <summary>False when a strong match ends it.</summary>
    private static bool Match(
        ImageSet images, Image image, in SeenMember member, bool allMatches, List<SignatureHit> hits, NameMachine names, Action progress)
    {
        var rules = image.MemberRules;
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            if (i % ProgressStep == 0)
            {
                progress();
            }

            if (!IsMatch(rules[i], member, names, progress) || images.HitOf(image, rules[i].Signature, offset: null) is not { } hit)
            {
                continue;
            }

            hits.Add(hit);
            if (!hit.IsWeak && !allMatches)
            {
                return false;
            }
        }

        return true;
    }

    // The name comes last: all else is cheap.
    private static bool IsMatch(MemberRule rule, in SeenMember member, NameMachine names, Action progress)
    {
        var isInZip = rule.ContainerType == FileTypeName.Zip && IsInZipInside(member);
        return (isInZip ? rule.ContainerSize is null : IsContainer(rule, member.Container))
            && rule.CompressedSize?.Contains(member.CompressedBytes) != false
            && rule.RealSize?.Contains(member.RealBytes) != false
            && (rule.IsEncrypted ?? member.Facts.IsEncrypted) == member.Facts.IsEncrypted
            && rule.Position?.Contains(isInZip ? member.Facts.Position - 1 : member.Facts.Position) != false
            && (rule.Crc is not { } crc || crc == member.Facts.Crc)
            && rule.Name?.IsMatch(member.Facts.Name, names, progress) != false;
    }

    private static bool IsContainer(MemberRule rule, Node container) =>
        (rule.ContainerType is not { } type || ContainerTypes.IsOf(container, type))
        && rule.ContainerSize?.Contains(container.Content.Length - container.OpenedFrom) != false;

    /// <summary>Members of office documents behind the first are told of once more, in a ZIP of their own (<see cref="ILayer.HasZipAround"/>).</summary>
    private static bool IsInZipInside(in SeenMember member) =>
        member.Container.OpenedAs == ObjectType.Zip && member.Container.OpenedName != FileTypeName.Zip && member.Facts.Position > 1;
}
