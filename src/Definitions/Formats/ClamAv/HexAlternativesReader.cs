using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>(aa|bb|…)</c> and <c>!(aa|bb)</c> (clamav-formats.md §3.6): bytes, nibbles, <c>{n}</c> and further alternatives
/// inside, but no ranges, boundaries or negations.
/// </summary>
internal static class HexAlternativesReader
{
    /// <summary>Alternatives may be nested 15 deep inside the outermost ones.</summary>
    private const int MaxDepth = 16;

    /// <summary>Reads from behind the opening parenthesis to behind the closing one; null after reporting.</summary>
    public static AlternativesItem? Read(ref HexCursor cursor, bool isNegated, int depth = 1)
    {
        var start = cursor.Position - 1;
        if (depth > MaxDepth)
        {
            cursor.Fault(SignatureCodes.AlternativesDepth, start, $"Alternatives are nested deeper than {MaxDepth - 1}.");
            return null;
        }

        var choices = new List<IReadOnlyList<PatternItem>>();
        do
        {
            if (ReadChoice(ref cursor, depth) is not { } choice)
            {
                return null;
            }

            if (choice.Count == 0 && choices.Count == 0 && (depth == 1 || cursor.Current != '|'))
            {
                cursor.Fault(SignatureCodes.AlternativesEmpty, start, "The first choice between the parentheses is empty.");
                return null;
            }

            choices.Add(choice);
        }
        while (cursor.TryTake("|"u8));

        if (!cursor.TryTake(")"u8))
        {
            cursor.Fault(SignatureCodes.AlternativesUnclosed, start, "The closing parenthesis is missing.");
            return null;
        }

        if (isNegated && !AreLiteralsOfOneLength(choices))
        {
            cursor.Fault(SignatureCodes.NegatedChoices, start,
                "The choices of a negated alternative must be literal bytes, as many in each.");
            return null;
        }

        return new AlternativesItem { Negated = isNegated, Choices = choices };
    }

    private static List<PatternItem>? ReadChoice(ref HexCursor cursor, int depth)
    {
        var items = new List<PatternItem>();
        while (!cursor.IsAtEnd && cursor.Current is not ((byte)'|' or (byte)')'))
        {
            switch (cursor.Current)
            {
                case (byte)'(':
                    if (cursor.Rest.StartsWith("(B)"u8) || cursor.Rest.StartsWith("(L)"u8) || cursor.Rest.StartsWith("(W)"u8))
                    {
                        return ContentFault(ref cursor);
                    }

                    cursor.Skip(1);
                    if (Read(ref cursor, isNegated: false, depth + 1) is not { } inner)
                    {
                        return null;
                    }

                    items.Add(inner);
                    break;
                case (byte)'{':
                    var start = cursor;
                    if (!HexGapReader.TryReadSkip(ref cursor, out var bytes))
                    {
                        return ContentFault(ref start);
                    }

                    items.AddRange(Enumerable.Repeat(HexCursor.AnyByte, bytes));
                    break;
                case (byte)'*' or (byte)'[' or (byte)'!':
                    return ContentFault(ref cursor);
                default:
                    if (cursor.ReadByte() is not { } item)
                    {
                        return null;
                    }

                    items.Add(item);
                    break;
            }
        }

        return items;
    }

    private static List<PatternItem>? ContentFault(ref HexCursor cursor)
    {
        cursor.Fault(SignatureCodes.AlternativesContent, cursor.Position,
            $"{Quoted.Text(cursor.Rest[..1])} is not allowed in a choice; bytes, nibbles, ??, {{n}} with 1 to 127 and nested "
            + "alternatives are.");
        return null;
    }

    private static bool AreLiteralsOfOneLength(List<IReadOnlyList<PatternItem>> choices) => choices.TrueForAll(choice =>
        choice.Count == choices[0].Count && choice.All(item => item is ByteItem { Mask: 0xFF }));
}
