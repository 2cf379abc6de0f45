using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>The rules of a file read so far, for conditions that name them. A named rule is written out where it is named.</summary>
internal sealed class YaraRuleTable
{
    /// <summary>Terms of one condition, named rules written out.</summary>
    public const int MaxTerms = 4096;

    private readonly Dictionary<string, LogicalSignature?> _rules = new(StringComparer.Ordinal);

    /// <summary>False when the name is taken.</summary>
    /// <param name="rule">Null for a rule that was left out.</param>
    public bool TryAdd(string name, LogicalSignature? rule)
    {
        if (_rules.TryGetValue(name, out var known) && known is not null)
        {
            return false;
        }

        _rules[name] = rule;
        return true;
    }

    /// <summary>The condition of an earlier rule over subsignatures of this one.</summary>
    /// <exception cref="YaraException">There is no such rule, or no room for it.</exception>
    public YaraTruth Inline(YaraToken name, YaraSubsignatures subsignatures)
    {
        if (!_rules.TryGetValue(name.Text, out var rule) || rule is null)
        {
            throw new YaraException(SignatureCodes.RuleUnknown, name,
                $"'{PlainText.Of(name.Text)}' is no rule before this one that loads, and no keyword that is supported.");
        }

        var shift = subsignatures.All.Count;
        foreach (var subsignature in rule.Subsignatures)
        {
            subsignatures.Add(Shift(subsignature, shift), name);
        }

        return YaraLogic.Of(name, Shift(rule.Expression, shift));
    }

    /// <summary>Terms in an expression.</summary>
    public static int TermsOf(LogicalExpression expression) => expression switch
    {
        LogicalBlock block => 1 + block.Terms.Sum(TermsOf),
        LogicalNegation negation => 1 + TermsOf(negation.Term),
        _ => 1,
    };

    private static Subsignature Shift(Subsignature subsignature, int by) => subsignature switch
    {
        RegexSubsignature regex => new RegexSubsignature
        {
            Offset = regex.Offset,
            Trigger = Shift(regex.Trigger, by),
            Expression = regex.Expression,
            Modes = regex.Modes,
            Source = regex.Source,
        },
        FormulaSubsignature formula => new FormulaSubsignature { Formula = formula.Formula.Shift(by) },
        _ => subsignature,
    };

    private static LogicalExpression Shift(LogicalExpression expression, int by) => expression switch
    {
        SubsignatureTerm term => new SubsignatureTerm(term.Id + by, term.Test),
        LogicalBlock block => new LogicalBlock(block.IsAll, [.. block.Terms.Select(term => Shift(term, by))], block.Test),
        LogicalNegation negation => new LogicalNegation(Shift(negation.Term, by)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
