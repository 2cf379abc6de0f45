using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>
/// Reads a condition and rewrites it over subsignatures (docs/yara.md states the subset). From weak to strong: or, and,
/// not, comparisons, then what <see cref="YaraArithmetic"/> orders.
/// </summary>
internal sealed class YaraConditionReader(YaraTokens tokens, YaraScope scope, YaraSubsignatures subsignatures, YaraRuleTable rules)
{
    /// <summary>Parentheses inside each other; what reads them recurses.</summary>
    private const int MaxDepth = 32;

    private readonly YaraFormulas _formulas = new(scope, subsignatures);
    private YaraComparison? _comparison;
    private YaraArithmetic? _arithmetic;
    private YaraSetReader? _sets;
    private YaraLoopReader? _loops;
    private int _depth;

    private YaraComparison Comparisons => _comparison ??= new YaraComparison(subsignatures, _formulas);

    private YaraArithmetic Arithmetic => _arithmetic ??= new YaraArithmetic(_formulas);

    private YaraSetReader Sets => _sets ??= new YaraSetReader(tokens, scope, _formulas, Number);

    private YaraLoopReader Loops => _loops ??= new YaraLoopReader(tokens, scope, Sets, _formulas, Read, Number);

    /// <exception cref="YaraException">It is malformed, or says what is not supported.</exception>
    public YaraTruth Read() => Truth(Or());

    private YaraValue Or()
    {
        Deepen();
        var at = tokens.Current;
        var value = And();
        if (tokens.Current.Is("or"))
        {
            var terms = new List<YaraTruth> { Truth(value) };
            while (tokens.TryTake("or"))
            {
                terms.Add(Truth(And()));
            }

            value = YaraLogic.Join(at, isAll: false, terms);
        }

        _depth--;
        return value;
    }

    private YaraValue And()
    {
        var at = tokens.Current;
        var value = Not();
        if (!tokens.Current.Is("and"))
        {
            return value;
        }

        var terms = new List<YaraTruth> { Truth(value) };
        while (tokens.TryTake("and"))
        {
            terms.Add(Truth(Not()));
        }

        return YaraLogic.Join(at, isAll: true, terms);
    }

    private YaraValue Not()
    {
        var negations = 0;
        while (tokens.TryTake("not"))
        {
            negations++;
        }

        var at = tokens.Current;
        var value = Comparison();
        if (negations == 0)
        {
            return value;
        }

        if (value is YaraFormula or YaraNumberAt or YaraFirst or YaraEntryPoint)
        {
            // A number that is missing makes no condition true, whatever is negated.
            var negated = new Formula(FormulaKind.Not, 0, _formulas.Of(value));
            return _formulas.Holds(negations % 2 == 0 ? new Formula(FormulaKind.Not, 0, negated) : negated, at);
        }

        return negations % 2 == 0 ? Truth(value) : YaraLogic.Not(Truth(value));
    }

    private YaraValue Comparison()
    {
        var left = Reckon(0);
        if (tokens.Current is { Kind: YaraTokenKind.Mark, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
        {
            var sign = tokens.Take();
            return Comparisons.Compare(left, sign, Reckon(0));
        }

        return left is not YaraTruth && tokens.Current.Is("of") ? Sets.Of(YaraQuantity.AtLeast(left, _formulas)) : left;
    }

    private YaraTruth Truth(YaraValue value) => value switch
    {
        YaraTruth truth => truth,
        YaraNumber number => YaraLogic.Constant(number.At, number.Number != 0),
        YaraCount { Plus: 0 } count => _formulas.Matches(count.Text, count.Place, count.At),
        _ => _formulas.Holds(_formulas.Of(value), value.At),
    };

    /// <exception cref="YaraException">It is a condition.</exception>
    private YaraValue Number()
    {
        Deepen();
        var value = Reckon(0);
        _depth--;
        return value is not YaraTruth ? value : throw new YaraException(SignatureCodes.RuleSyntax, value.At, "A condition stands where a number is expected.");
    }

    /// <param name="strength">Index in <see cref="YaraArithmetic.Signs"/>.</param>
    private YaraValue Reckon(int strength)
    {
        if (strength == YaraArithmetic.Signs.Count)
        {
            return Term();
        }

        var left = Reckon(strength + 1);
        while (tokens.Current.Kind == YaraTokenKind.Mark && YaraArithmetic.Signs[strength].Contains(tokens.Current.Text, StringComparer.Ordinal))
        {
            var sign = tokens.Take();
            left = Arithmetic.Of(left, sign, Reckon(strength + 1));
        }

        return left;
    }

    private YaraValue Term()
    {
        var at = tokens.Current;
        switch (at.Kind)
        {
            case YaraTokenKind.Number:
                tokens.Take();
                return new YaraNumber(at, at.Number);
            case YaraTokenKind.StringId:
                tokens.Take();
                return Sets.String(scope.Find(at), at);
            case YaraTokenKind.CountId:
                tokens.Take();
                return new YaraCount(at, scope.Find(at), Sets.RangeOrAnywhere(), 0);
            case YaraTokenKind.OffsetId:
                tokens.Take();
                return Offset(at);
            case YaraTokenKind.Mark when at.Text == "(":
                return Parentheses();
            case YaraTokenKind.Mark when at.Text is "-" or "~":
                return Signed(tokens.Take());
            case YaraTokenKind.Word:
                return Word(tokens.Take());
            default:
                throw tokens.Unexpected("a condition");
        }
    }

    private YaraValue Parentheses()
    {
        var at = tokens.Take();
        var value = Or();
        tokens.Expect(")");
        return value with { At = at };
    }

    private YaraValue Signed(YaraToken sign)
    {
        Deepen();
        var value = Arithmetic.Of(sign, Term());
        _depth--;
        return value;
    }

    private YaraValue Offset(YaraToken at)
    {
        var text = scope.Find(at);
        if (!tokens.TryTake("["))
        {
            return new YaraFirst(at, text);
        }

        var index = Number();
        tokens.Expect("]");
        return index is YaraNumber { Number: 1 } ? new YaraFirst(at, text) : new YaraFormula(at, _formulas.Start(text, at, _formulas.Of(index)));
    }

    private YaraValue Word(YaraToken word)
    {
        switch (word.Text)
        {
            case "true" or "false":
                return YaraLogic.Constant(word, word.Text == "true");
            case "filesize":
                return new YaraFileSize(word, 0);
            case "entrypoint":
                return new YaraEntryPoint(word, 0);
            case "all" or "any" or "none":
                return Sets.Of(new YaraQuantity(word, word.Text));
            case "for":
                return Loops.Read(word);
            case "uint8" or "int8" or "uint8be" or "int8be":
                return NumberAt(word, 1);
            case "uint16" or "int16" or "uint16be" or "int16be":
                return NumberAt(word, 2);
            case "uint32" or "int32" or "uint32be" or "int32be":
                return NumberAt(word, 4);
            case var name when scope.Numbers.TryGetValue(name, out var number):
                return number with { At = word };
            case "contains" or "matches" or "them" or "of" or "in" or "at":
                throw new YaraException(SignatureCodes.RuleConstruct, word, $"'{word.Text}' is not supported here.");
            default:
                return tokens.Current.Is(".") || tokens.Current.Is("(")
                    ? throw new YaraException(SignatureCodes.RuleConstruct, word, $"The module or function '{PlainText.Of(word.Text)}' is not supported.")
                    : rules.Inline(word, subsignatures);
        }
    }

    private YaraValue NumberAt(YaraToken word, int width)
    {
        var (isSigned, isBig) = (word.Text[0] == 'i', word.Text.EndsWith("be", StringComparison.Ordinal));
        tokens.Expect("(");
        var offset = Number();
        tokens.Expect(")");
        return offset is YaraNumber { Number: >= 0 and var known }
            ? new YaraNumberAt(word, known, width, isSigned, isBig)
            : new YaraFormula(word, YaraFormulas.Read(_formulas.Of(offset), width, isSigned, isBig));
    }

    private void Deepen()
    {
        if (++_depth > MaxDepth)
        {
            throw new YaraException(SignatureCodes.RuleTooLarge, tokens.Current, $"The condition has more than {MaxDepth} parentheses inside each other.");
        }
    }
}
