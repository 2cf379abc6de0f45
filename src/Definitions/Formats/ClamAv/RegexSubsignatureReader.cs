using System.Text;
using System.Text.RegularExpressions;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary><c>[offset:]trigger/regex/flags</c> (clamav-formats.md §3.7, PCRE subsignatures).</summary>
internal readonly ref struct RegexSubsignatureReader(int index, int column, int target, LineReport report)
{
    /// <summary>Long enough for any construction; the expression is only built, not run.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(1);

    public LineOutcome Read(ReadOnlySpan<byte> text, out Subsignature? subsignature)
    {
        subsignature = null;
        var options = text.LastIndexOf("::"u8);
        var last = text.LastIndexOf((byte)'/');
        var flags = options > last ? text[(last + 1)..options] : text[(last + 1)..];
        var first = text.IndexOf((byte)'/');
        if (last <= first + 1)
        {
            return report.Error(SignatureCodes.RegexForm, column + first,
                "A regular expression stands between two slashes and is not empty: trigger/regex/flags.");
        }

        var head = text[..first];
        var start = head.IndexOf((byte)':') + 1;
        var offset = SignatureOffset.Anywhere;
        if (start > 0 && !OffsetParser.TryParse(head[..(start - 1)], column, target, report, out offset))
        {
            return LineOutcome.Malformed;
        }

        if (offset.Base == OffsetBase.MacroGroup)
        {
            return report.Error(SignatureCodes.MacroGroup, column, "A regular expression cannot be a member of a macro group.");
        }

        if (ReadTrigger(head[start..], column + start) is not { } trigger)
        {
            return LineOutcome.Malformed;
        }

        return TryReadModes(flags, column + last + 1, out var modes, out var pcre)
            ? Translate(text[(first + 1)..last], column + first + 1, new RegexSubsignature
            {
                Offset = offset,
                Trigger = trigger,
                Expression = "",
                Modes = modes,
                Source = Encoding.Latin1.GetString(text[(first + 1)..last]),
            }, pcre, out subsignature)
            : LineOutcome.Malformed;
    }

    private LogicalExpression? ReadTrigger(ReadOnlySpan<byte> text, int start)
    {
        if (text.IsEmpty)
        {
            report.Error(SignatureCodes.RegexTrigger, start, "A regular expression needs a trigger: an expression over earlier subsignatures.");
            return null;
        }

        var trigger = LogicalExpressionParser.Parse(text, start, SignatureCodes.RegexTrigger, report);
        if (trigger is not null && trigger.HighestId >= index)
        {
            report.Error(SignatureCodes.RegexTrigger, start,
                $"The trigger of subsignature {index} names subsignature {trigger.HighestId}; only earlier ones are allowed.");
            return null;
        }

        return trigger;
    }

    private bool TryReadModes(ReadOnlySpan<byte> letters, int start, out RegexModes modes, out PcreOptions pcre)
    {
        (modes, pcre) = (RegexModes.None, PcreOptions.None);
        for (var i = 0; i < letters.Length; i++)
        {
            RegexModes? mode = letters[i] switch
            {
                (byte)'g' => RegexModes.Global,
                (byte)'r' => RegexModes.Rolling,
                (byte)'e' => RegexModes.Encompass,
                (byte)'i' => RegexModes.IgnoreCase,
                (byte)'s' => RegexModes.DotAll,
                (byte)'m' => RegexModes.Multiline,
                (byte)'A' => RegexModes.Anchored,
                (byte)'x' or (byte)'E' or (byte)'U' => RegexModes.None,
                _ => null,
            };
            if (mode is not { } known)
            {
                report.Error(SignatureCodes.RegexMode, start + i,
                    $"{Quoted.Text(letters.Slice(i, 1))} is no flag of a regular expression; g r e i s m x A E U are.");
                return false;
            }

            modes |= known;
            pcre |= letters[i] switch
            {
                (byte)'x' => PcreOptions.Extended,
                (byte)'E' => PcreOptions.DollarEndOnly,
                (byte)'U' => PcreOptions.Ungreedy,
                (byte)'m' => PcreOptions.Multiline,
                (byte)'i' => PcreOptions.IgnoreCase,
                _ => PcreOptions.None,
            };
        }

        return true;
    }

    /// <summary>What PCRE refuses is malformed; what it takes and the framework cannot do leaves the line out.</summary>
    private LineOutcome Translate(
        ReadOnlySpan<byte> regex, int start, RegexSubsignature draft, PcreOptions options, out Subsignature? subsignature)
    {
        subsignature = null;
        var translation = PcreTranslator.Translate(regex, options);
        if (translation.Fault is { } fault)
        {
            return fault.IsUnsupported
                ? report.Skip(SignatureCodes.RegexUnsupported, start + fault.Position,
                    $"The regular expression uses {fault.What}, which is not supported: the line is left out.")
                : report.Error(SignatureCodes.RegexInvalid, start + fault.Position, $"The regular expression is invalid: {fault.What}.");
        }

        try
        {
            _ = new Regex(translation.Expression, RegexOptions.CultureInvariant, _timeout);
        }
        catch (ArgumentException)
        {
            return report.Skip(SignatureCodes.RegexUnsupported, start,
                "The regular expression has no equivalent here: the line is left out.");
        }

        subsignature = new RegexSubsignature
        {
            Offset = draft.Offset,
            Trigger = draft.Trigger,
            Expression = translation.Expression,
            Modes = draft.Modes | (translation.NeedsBacktracking ? RegexModes.Backtracking : RegexModes.None),
            Source = draft.Source,
        };
        return LineOutcome.Accepted;
    }
}
