using System.Diagnostics;
using System.Text.RegularExpressions;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Runs the regular expressions of one image over one object (clamav-formats.md §3.7, PCRE subsignatures).
/// </summary>
internal sealed class RegexRunner(MatchContext context, Image image)
{
    /// <summary>Larger objects are not searched (§6.2, PCREMaxFileSize).</summary>
    public const long MaxLength = 104_857_600;

    /// <summary>One unit of work stands for so many characters searched.</summary>
    private const int CharactersPerUnit = 4;

    /// <summary>Set when an expression was not searched to its end, so that its count is none.</summary>
    public bool HasGivenUp { get; set; }

    /// <summary>Matches counted, no further than the cap; 1 at most unless all are asked for.</summary>
    /// <param name="subsignature">Index in the image.</param>
    public long Count(in MatchSubject subject, uint subsignature, in RegexBlob blob)
    {
        var length = subject.Content.Length;
        var (first, last) = OffsetRange.Of(blob.Offset, length, subject.Executable);
        if (length > MaxLength || last < first)
        {
            return 0;
        }

        var isAny = blob.Offset.Base == OffsetBase.Any;
        var shift = isAny ? 0 : last - first;
        var text = context.Text.Of(subject.Content)[(int)first..];
        if (shift > 0 && blob.Modes.HasFlag(RegexModes.Encompass))
        {
            text = text[..(int)Math.Min(shift, text.Length)];
        }

        var isFixed = !isAny && shift == 0 && !blob.Modes.HasFlag(RegexModes.Rolling);
        return CountIn(
            text,
            subsignature,
            image.Regexes.Get(subsignature, blob),
            isFixed || blob.Modes.HasFlag(RegexModes.Anchored),
            shift > 0 ? shift : long.MaxValue,
            blob.Modes.HasFlag(RegexModes.Global));
    }

    private long CountIn(ReadOnlySpan<char> text, uint subsignature, Regex regex, bool isAnchored, long maxStart, bool countsAll)
    {
        context.Budget.Spend(1 + (text.Length / CharactersPerUnit));
        var isLinear = regex.Options.HasFlag(RegexOptions.NonBacktracking);
        if (!context.RegexAllowance.MayTry(image, subsignature, isLinear))
        {
            HasGivenUp = true;
            return 0;
        }

        var (count, expected, isGivenUp) = (0L, 0, false);
        var started = Stopwatch.GetTimestamp();
        try
        {
            foreach (var match in regex.EnumerateMatches(text))
            {
                if (match.Index > maxStart || (isAnchored && match.Index != expected) || context.Budget.IsExhausted)
                {
                    break;
                }

                count++;
                expected = match.Index + match.Length;
                context.Budget.Spend(1);
                if (!countsAll)
                {
                    break;
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // What it has stacked up while it went back and forth goes with it.
            image.Regexes.Forget(subsignature);
            isGivenUp = true;
        }

        HasGivenUp |= isGivenUp;
        context.RegexAllowance.Pay(image, subsignature, isLinear, started, isGivenUp);
        return count;
    }
}
