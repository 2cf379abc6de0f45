using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>How many bytes items take up.</summary>
internal static class PatternLength
{
    /// <summary>Null when choices of different lengths make it vary. Not for set-off bytes and line boundaries.</summary>
    public static int? Of(IReadOnlyList<PatternItem> items)
    {
        var length = 0;
        foreach (var item in items)
        {
            switch (item)
            {
                case AlternativesItem alternatives:
                    var first = Of(alternatives.Choices[0]);
                    if (first is null || alternatives.Choices.Any(choice => Of(choice) != first))
                    {
                        return null;
                    }

                    length += first.Value;
                    break;
                default:
                    length++;
                    break;
            }
        }

        return length;
    }

    /// <summary>The fewest bytes the items can take up.</summary>
    public static int LeastOf(IReadOnlyList<PatternItem> items)
    {
        var length = 0;
        foreach (var item in items)
        {
            length += item is AlternativesItem alternatives ? alternatives.Choices.Min(LeastOf) : 1;
        }

        return length;
    }
}
