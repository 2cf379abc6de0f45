using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// What the reference engine asks of a pattern beyond its grammar, so that it can be searched for
/// (clamav-formats.md §3.6, "Parts and minimum lengths"). The findings point at the pattern as a whole.
/// </summary>
internal static class HexPatternRules
{
    /// <summary>Bytes that a bare literal needs where it is searched for by the last three of them.</summary>
    public const int LongLiteral = 3;

    private const int ShortLiteral = 2;

    /// <summary>
    /// Bytes that a bare literal of <c>.ndb</c> needs (measured): three in target 0 and, at an offset that is one place, in
    /// target 1; members of macro groups two.
    /// </summary>
    /// <param name="offset">As it stands in the line.</param>
    public static int LiteralMinimum(int target, ReadOnlySpan<byte> offset)
    {
        var isPlace = !offset.SequenceEqual("*"u8) && !offset.Contains((byte)',') && !offset.StartsWith("VI"u8);
        return target is 0 or 1 && !offset.StartsWith("$"u8) && (target == 0 || isPlace) ? LongLiteral : ShortLiteral;
    }

    /// <summary>False after reporting the first rule that is broken.</summary>
    /// <param name="literalMinimum">Bytes that a bare literal needs.</param>
    public static bool Check(HexPattern pattern, int column, int target, LineReport report, int literalMinimum = ShortLiteral)
    {
        for (var i = 0; i < pattern.Parts.Count; i++)
        {
            if (FaultOf(pattern.Parts[i], target) is not { } fault)
            {
                continue;
            }

            var place = pattern.Parts.Count == 1 ? "The pattern" : $"Part {i + 1} of {pattern.Parts.Count}";
            report.Error(fault.Code, column, place + fault.Message);
            return false;
        }

        if (LiteralBytes(pattern) < literalMinimum)
        {
            report.Error(SignatureCodes.LiteralTooShort, column,
                $"A signature of target {target}{(target == 0 ? "" : " at one place")} that is nothing but literal bytes needs {literalMinimum} of them.");
            return false;
        }

        return true;
    }

    /// <summary>The part without the bytes set off from it.</summary>
    private static IReadOnlyList<PatternItem> Core(PatternPart part)
    {
        var first = PatternPartBuilder.LeadingItems(part.Items);
        var end = part.Items.Count - PatternPartBuilder.TrailingItems(part.Items);
        return first == 0 && end == part.Items.Count ? part.Items : [.. part.Items.Skip(first).Take(end - first)];
    }

    private static (string Code, string Message)? FaultOf(PatternPart part, int target)
    {
        var core = Core(part);
        if (core.Count == 0 || (core.Count == 1 && IsSingleByte(core[0])))
        {
            return (SignatureCodes.PartTooShort,
                " is shorter than 2 bytes; so a gap stands neither at the start nor at the end nor beside another.");
        }

        if (!HasStaticPair(core))
        {
            return (SignatureCodes.NoStaticPair,
                " has no two consecutive literal bytes outside parentheses, so it cannot be searched for.");
        }

        return target is 0 or 1 && !IsFilterable(core)
            ? (SignatureCodes.NoPrefilter, " cannot be filtered for: in targets 0 and 1 the first run of single bytes before a "
                + "longer alternative or a boundary needs 2 bytes, not all of them ??.")
            : null;
    }

    private static bool HasStaticPair(IReadOnlyList<PatternItem> items)
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (items[i - 1] is ByteItem { Mask: 0xFF } && items[i] is ByteItem { Mask: 0xFF })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The reference engine filters targets 0 and 1 by the first run of items that stand for one byte each. A run of
    /// one byte, or of wildcards alone, in front of something longer is refused when the database loads.
    /// </summary>
    private static bool IsFilterable(IReadOnlyList<PatternItem> items)
    {
        var start = 0;
        while (start < items.Count && !IsSingleByte(items[start]))
        {
            start++;
        }

        var end = start;
        var isWildcard = true;
        while (end < items.Count && IsSingleByte(items[end]))
        {
            isWildcard &= items[end] is ByteItem { Mask: 0 };
            end++;
            if (end - start >= 2 && !isWildcard)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSingleByte(PatternItem item) => item is ByteItem
        || (item is AlternativesItem alternatives
            && alternatives.Choices.All(choice => choice.Count == 1 && choice[0] is ByteItem { Mask: 0xFF }));

    /// <summary>Of a pattern that is nothing but literal bytes; else many.</summary>
    private static int LiteralBytes(HexPattern pattern) =>
        pattern is { Parts: [var part], Left: null, Right: null } && part.Items.All(item => item is ByteItem { Mask: 0xFF })
            ? part.Items.Count : int.MaxValue;
}
