using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>letter:rest[:minFL-maxFL]</c> of <c>.pdb</c> and <c>.wdb</c> (clamav-formats.md §3.9). A last field with a hyphen
/// between numbers is the range of functionality levels; every other colon belongs to the rule.
/// </summary>
/// <param name="pattern">What <paramref name="patternLetter"/> stands for.</param>
/// <param name="host">What <paramref name="hostLetter"/> stands for.</param>
internal sealed class PhishingLine(char patternLetter, PhishingRuleKind pattern, char hostLetter, PhishingRuleKind host)
    : SignatureLineFormat
{
    public override bool AllowsEmptyFile => true;

    public override bool AllowsBlankLines => true;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var colon = line.IndexOf((byte)':');
        if (colon < 1 || colon == line.Length - 1)
        {
            return report.Error(SignatureCodes.PhishingRule, 0,
                $"A rule is a letter ({patternLetter} or {hostLetter}), a colon and what it is about.");
        }

        var rest = PhishingLevels.Cut(line[(colon + 1)..], out var isForUs);
        if (!isForUs)
        {
            return LineOutcome.Skipped;
        }

        var letter = (char)line[0];
        if (letter == 'Y')
        {
            return report.Skip(SignatureCodes.PhishingEngine, 1, "Rules with the letter Y are for later engines.");
        }

        if (letter != patternLetter && letter != hostLetter)
        {
            return report.Error(SignatureCodes.PhishingRule, 1, $"The letter is {patternLetter} or {hostLetter}, not {Quoted.Text(line[..1])}.");
        }

        var text = Encoding.UTF8.GetString(rest);
        if (letter == patternLetter && PosixPattern.Check(text) is { } fault)
        {
            return fault.IsMalformed
                ? report.Error(SignatureCodes.PhishingPattern, colon + 2, fault.Message)
                : report.Skip(SignatureCodes.PhishingPattern, colon + 2, fault.Message);
        }

        signature = new PhishingRule
        {
            Name = PhishingRule.SpoofedDomain,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = letter == patternLetter ? pattern : host,
            Text = text,
        };
        return LineOutcome.Accepted;
    }
}

/// <summary><c>S[n]:F:hash</c>, <c>S:P:prefix</c> and <c>S:W:hash</c> of <c>.gdb</c>; prefixes only make other engines faster.</summary>
internal sealed class AddressLine : SignatureLineFormat
{
    private const int HashDigits = 64;

    public override bool AllowsEmptyFile => true;

    public override bool AllowsBlankLines => true;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        line = PhishingLevels.Cut(line, out var isForUs);
        var fields = new LineFields(line, (byte)':', stackalloc int[4]);
        if (fields.Count != 3 || fields[0].IsEmpty || fields[0][0] != 'S' || fields[1].Length != 1 || fields[1][0] is not ((byte)'F' or (byte)'P' or (byte)'W'))
        {
            return report.Error(SignatureCodes.AddressRule, 0, "An address rule is S, S1 or S2, then F, P or W, then the hash, between colons.");
        }

        var hash = new byte[fields[2].Length / 2];
        if (fields[2].Length % 2 != 0 || !HexDigits.TryDecode(fields[2], hash, out _))
        {
            return report.Error(SignatureCodes.AddressHash, fields.Column(2), $"{Quoted.Text(fields[2])} is not the hash of an address: {HashDigits} hexadecimal digits.");
        }

        if (!isForUs || fields[1][0] == 'P')
        {
            return LineOutcome.Skipped;
        }

        if (fields[2].Length != HashDigits)
        {
            return report.Skip(SignatureCodes.AddressHash, fields.Column(2), $"The hash has {fields[2].Length} digits instead of {HashDigits} and never matches.");
        }

        var (kind, name) = KindOf(fields);
        signature = new PhishingRule { Name = name, Line = report.Line, SourceMd5 = report.Md5Of(line), Kind = kind, Address = hash };
        return LineOutcome.Accepted;
    }

    private static (PhishingRuleKind Kind, string Name) KindOf(LineFields fields)
    {
        if (fields[1][0] == 'W')
        {
            return (PhishingRuleKind.AllowedAddress, PhishingRule.BlockedAddress);
        }

        return fields[0].Length < 2 ? (PhishingRuleKind.Malware, PhishingRule.MalwareAddress) : fields[0][1] switch
        {
            (byte)'1' => (PhishingRuleKind.Blocked, PhishingRule.BlockedAddress),
            (byte)'2' => (PhishingRuleKind.Phishing, PhishingRule.PhishingAddress),
            _ => (PhishingRuleKind.Malware, PhishingRule.MalwareAddress),
        };
    }
}

/// <summary>The <c>min-max</c> at the end of rules about links.</summary>
internal static class PhishingLevels
{
    private const long Limit = uint.MaxValue;

    /// <summary>The rule without its levels.</summary>
    /// <param name="isForUs">False when they leave this engine out.</param>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> rule, out bool isForUs)
    {
        isForUs = true;
        var colon = rule.LastIndexOf((byte)':');
        var levels = rule[(colon + 1)..];
        var hyphen = levels.IndexOf((byte)'-');
        if (colon < 0 || hyphen < 0
            || !TryRead(levels[..hyphen], 0, out var minimum)
            || !TryRead(levels[(hyphen + 1)..], Limit, out var maximum))
        {
            return rule;
        }

        isForUs = minimum <= EngineVersion.FunctionalityLevel && EngineVersion.FunctionalityLevel <= maximum;
        return rule[..colon];
    }

    private static bool TryRead(ReadOnlySpan<byte> text, long missing, out long level)
    {
        level = missing;
        return text.IsEmpty || DecimalNumber.TryRead(text, Limit, out level);
    }
}
