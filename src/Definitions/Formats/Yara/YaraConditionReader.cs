using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>
/// Reads a condition and rewrites it over subsignatures (docs/yara.md states the subset). From weak to strong: or, and,
/// not, comparisons, plus and minus, times and divided by.
/// </summary>
internal sealed class YaraConditionReader(YaraTokens tokens, YaraScope scope, YaraSubsignatures subsignatures, YaraRuleTable rules)
{
    /// <summary>Parentheses inside each other; what reads them recurses.</summary>
    private const int MaxDepth = 32;

    private readonly YaraComparison _comparison = new(subsignatures);
    private YaraSetReader? _sets;
    private YaraLoopReader? _loops;
    private int _depth;

    private YaraSetReader Sets => _sets ??= new YaraSetReader(tokens, scope, subsignatures, Sum);

    private YaraLoopReader Loops => _loops ??= new YaraLoopReader(tokens, scope, Sets, Read, Number);

    /// <exception cref="YaraException">It is malformed, or says what is not supported.</exception>
    public YaraTruth Read() => Truth(Or());

    private YaraValue Or()
    {
        if (++_depth > MaxDepth)
        {
            throw new YaraException(SignatureCodes.RuleTooLarge, tokens.Current, $"The condition has more than {MaxDepth} parentheses inside each other.");
        }

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

        var value = Comparison();
        return negations == 0 ? value : negations % 2 == 0 ? Truth(value) : YaraLogic.Not(Truth(value));
    }

    private YaraValue Comparison()
    {
        var left = Sum();
        if (tokens.Current is { Kind: YaraTokenKind.Mark, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
        {
            var sign = tokens.Take();
            return _comparison.Compare(left, sign, Sum());
        }

        return left is YaraNumber number && tokens.Current.Is("of") ? Sets.Of(YaraQuantity.AtLeast(number)) : left;
    }

    private YaraTruth Truth(YaraValue value) => value switch
    {
        YaraTruth truth => truth,
        YaraNumber number => YaraLogic.Constant(number.At, number.Number != 0),
        YaraCount { Plus: 0 } count => subsignatures.Holds(count.Text, count.Place, count.At),
        _ => throw new YaraException(SignatureCodes.RuleConstruct, value.At, "A number that is found in the object is only supported in a comparison."),
    };

    private YaraValue Sum()
    {
        var left = Product();
        while (tokens.Current is { Kind: YaraTokenKind.Mark, Text: "+" or "-" or "&" or "|" or "^" or "<<" or ">>" })
        {
            var sign = tokens.Take();
            var right = Product();
            left = (left, sign.Text, right) switch
            {
                (YaraNumber a, _, YaraNumber b) => new YaraNumber(a.At, Fold(a.Number, sign, b.Number)),
                (YaraCount a, "+", YaraNumber b) => a with { Plus = Fold(a.Plus, sign, b.Number) },
                (YaraCount a, "-", YaraNumber b) => a with { Plus = Fold(a.Plus, sign, b.Number) },
                (YaraNumber a, "+", YaraCount b) => b with { Plus = Fold(b.Plus, sign, a.Number) },
                (YaraFileSize a, "+" or "-", YaraNumber b) => a with { Plus = Fold(a.Plus, sign, b.Number) },
                (YaraNumber a, "+", YaraFileSize b) => b with { Plus = Fold(b.Plus, sign, a.Number) },
                (YaraEntryPoint a, "+" or "-", YaraNumber b) => a with { Plus = Fold(a.Plus, sign, b.Number) },
                (YaraNumber a, "+", YaraEntryPoint b) => b with { Plus = Fold(b.Plus, sign, a.Number) },
                _ => throw Unsupported(sign),
            };
        }

        return left;
    }

    private YaraValue Product()
    {
        var left = Term();
        while (tokens.Current is { Kind: YaraTokenKind.Mark, Text: "*" or "\\" or "%" })
        {
            var sign = tokens.Take();
            left = left is YaraNumber a && Term() is YaraNumber b ? new YaraNumber(a.At, Fold(a.Number, sign, b.Number)) : throw Unsupported(sign);
        }

        return left;
    }

    private static YaraException Unsupported(YaraToken sign) =>
        new(SignatureCodes.RuleConstruct, sign, $"Reckoning with '{sign.Text}' is only supported between numbers, and + and - after #, filesize and entrypoint.");

    /// <summary>Numbers beyond 2^61 are cut: nothing is that long.</summary>
    private static long Fold(long left, YaraToken sign, long right)
    {
        Int128 result = sign.Text switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" => (Int128)left * right,
            "&" => left & right,
            "|" => left | right,
            "^" => left ^ right,
            "\\" when right != 0 => left / right,
            "%" when right != 0 => left % right,
            _ => throw Unsupported(sign),
        };
        return (long)Int128.Clamp(result, -(1L << 61), 1L << 61);
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
                return FirstOffset(at);
            case YaraTokenKind.Mark when at.Text == "(":
                return Parentheses();
            case YaraTokenKind.Mark when at.Text == "-":
                tokens.Take();
                return Term() is YaraNumber number ? new YaraNumber(at, -number.Number) : throw Unsupported(at);
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

    private YaraFirst FirstOffset(YaraToken at)
    {
        var text = scope.Find(at);
        if (tokens.TryTake("["))
        {
            var index = Number();
            tokens.Expect("]");
            if (index != 1)
            {
                throw new YaraException(SignatureCodes.RuleConstruct, at, "The place of the first match, @a[1], is supported; those of later ones are not.");
            }
        }

        return new YaraFirst(at, text);
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
                return new YaraNumber(word, number);
            case "contains" or "matches" or "them" or "of" or "in" or "at":
                throw new YaraException(SignatureCodes.RuleConstruct, word, $"'{word.Text}' is not supported here.");
            default:
                return tokens.Current.Is(".") || tokens.Current.Is("(")
                    ? throw new YaraException(SignatureCodes.RuleConstruct, word, $"The module or function '{PlainText.Of(word.Text)}' is not supported.")
                    : rules.Inline(word, subsignatures);
        }
    }

    private YaraNumberAt NumberAt(YaraToken word, int width)
    {
        tokens.Expect("(");
        var offset = Number();
        tokens.Expect(")");
        return new YaraNumberAt(word, offset, width, word.Text[0] == 'i', word.Text.EndsWith("be", StringComparison.Ordinal));
    }

    /// <summary>A number that is known now and not negative.</summary>
    private long Number()
    {
        var at = tokens.Current;
        return Sum() is YaraNumber { Number: >= 0 } number
            ? number.Number
            : throw new YaraException(SignatureCodes.RuleConstruct, at, "A place has to be a number that is known when the rule is read.");
    }
}
