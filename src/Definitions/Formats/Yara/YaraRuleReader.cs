using System.Globalization;
using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>A rule as it was read.</summary>
/// <param name="IsPrivate">True: it only serves other rules.</param>
internal sealed record YaraRule(string Name, YaraToken At, bool IsPrivate, LogicalExpression Expression, IReadOnlyList<Subsignature> Subsignatures);

/// <summary>Reads one rule, from its first word to its closing brace (clamav-formats.md §3.11).</summary>
internal sealed class YaraRuleReader(YaraTokens tokens, SignatureFile file, YaraRuleTable rules, Action<YaraToken, string> warn)
{
    /// <summary>Strings of one rule (§3.11).</summary>
    private const int MaxStrings = 64;

    private const int MaxNameLength = 128;

    private static readonly string[] _modifiers = ["nocase", "wide", "ascii", "fullword", "xor", "base64", "base64wide", "private"];

    private readonly YaraScope _scope = new();
    private readonly YaraSubsignatures _subsignatures = new(file);

    /// <summary>The rule's name, as soon as it was read.</summary>
    public string? Name { get; private set; }

    /// <exception cref="YaraException">The rule cannot be taken.</exception>
    public YaraRule Read()
    {
        var isPrivate = false;
        while (tokens.Current is { Kind: YaraTokenKind.Word, Text: "private" or "global" })
        {
            isPrivate |= tokens.Take().Text == "private";
        }

        tokens.Expect("rule");
        var name = tokens.Expect(YaraTokenKind.Word, "the name of the rule");
        Name = name.Text;
        if (name.Text.Length > MaxNameLength)
        {
            throw new YaraException(SignatureCodes.RuleTooLarge, name, $"The name of the rule is longer than {MaxNameLength} characters.");
        }

        ReadTags();
        tokens.Expect("{");
        ReadMeta();
        ReadStrings();
        tokens.Expect("condition");
        tokens.Expect(":");
        var condition = new YaraConditionReader(tokens, _scope, _subsignatures, rules).Read();
        tokens.Expect("}");
        return Finish(name, isPrivate, condition);
    }

    private YaraRule Finish(YaraToken name, bool isPrivate, YaraTruth condition)
    {
        if (_scope.Unnamed is { } unnamed)
        {
            throw new YaraException(SignatureCodes.RuleUnknown, unnamed.At, $"The condition does not name the string {unnamed.Id}.");
        }

        if (_scope.All.Count == 0)
        {
            throw new YaraException(SignatureCodes.RuleWithoutStrings, name, $"The rule {name.Text} has no strings.", YaraFault.String);
        }

        if (StringFault() is { } fault)
        {
            throw fault;
        }

        if (_subsignatures.All.Count == 0)
        {
            // A condition of constants alone: something has to be there for it to stand on.
            _subsignatures.Add(new FileSizeSubsignature { Size = new NumberRange(0, long.MaxValue / 2) }, name);
        }

        var expression = YaraLogic.Finish(condition, 0);
        return expression.Depth > LogicalExpression.MaxDepth || YaraRuleTable.TermsOf(expression) > YaraRuleTable.MaxTerms
            ? throw new YaraException(SignatureCodes.RuleTooLarge, name, $"The condition of the rule {name.Text} is too large.")
            : new YaraRule(name.Text, name, isPrivate, expression, [.. _subsignatures.All]);
    }

    /// <summary>
    /// The first string that stops the reference engine: a wide expression ends the rule, a hex string that cannot be searched for
    /// the file; one that is too short only counts when there is nothing else.
    /// </summary>
    private YaraException? StringFault()
    {
        YaraException? first = null;
        foreach (var text in _scope.All)
        {
            var fault = _subsignatures.FaultOf(text);
            first ??= fault;
            if (fault is { Fault: YaraFault.HexString or YaraFault.Expression } or { Code: SignatureCodes.RuleWideExpression })
            {
                return fault;
            }
        }

        return first;
    }

    private void ReadTags()
    {
        if (tokens.TryTake(":"))
        {
            do
            {
                tokens.Expect(YaraTokenKind.Word, "a tag");
            }
            while (tokens.Current.Kind == YaraTokenKind.Word);
        }
    }

    private void ReadMeta()
    {
        if (!tokens.Current.Is("meta"))
        {
            return;
        }

        tokens.Take();
        tokens.Expect(":");
        while (tokens.Current.Kind == YaraTokenKind.Word && tokens.Current.Text is not ("strings" or "condition"))
        {
            tokens.Take();
            tokens.Expect("=");
            tokens.TryTake("-");
            if (tokens.Current.Kind is not (YaraTokenKind.Text or YaraTokenKind.Number or YaraTokenKind.Word))
            {
                throw tokens.Unexpected("text, a number, true or false");
            }

            tokens.Take();
        }
    }

    private void ReadStrings()
    {
        if (!tokens.Current.Is("strings"))
        {
            return;
        }

        tokens.Take();
        tokens.Expect(":");
        while (tokens.Current.Kind == YaraTokenKind.StringId)
        {
            var at = tokens.Take();
            if (_scope.All.Count == MaxStrings)
            {
                throw new YaraException(SignatureCodes.RuleTooLarge, at, $"The rule has more than {MaxStrings} strings.");
            }

            // No text can write the id that an anonymous string gets.
            var id = at.Text == "$" ? string.Create(CultureInfo.InvariantCulture, $"$ {_scope.All.Count + 1}") : at.Text;
            _scope.Add(ReadString(id, at));
        }
    }

    private YaraString ReadString(string id, YaraToken at)
    {
        if (!tokens.Current.Is("="))
        {
            throw tokens.Unexpected("'='");
        }

        // What follows is not made of ordinary tokens; the lexer stands behind the equals sign's one look-ahead.
        var first = tokens.Peek();
        switch (first)
        {
            case { Kind: YaraTokenKind.Text }:
                tokens.Take();
                var text = tokens.Take();
                return YaraStringReader.FromText(id, at, tokens.Lexer.BytesOf(text), Modifiers());
            case { Kind: YaraTokenKind.Mark, Text: "{" }:
                var body = tokens.Lexer.HexBody(first) ?? throw Endless(id, at);
                tokens.Resume();
                return YaraStringReader.FromHex(id, at, body.Span, Modifiers());
            case { Kind: YaraTokenKind.Mark, Text: "/" }:
                var regex = tokens.Lexer.RegexBody(first) ?? throw Endless(id, at);
                tokens.Resume();
                return YaraStringReader.FromRegex(id, at, regex.Expression.Span, regex.Modes, Modifiers(), warn);
            default:
                tokens.Take();
                throw tokens.Unexpected("text, a hex string or an expression");
        }
    }

    private static YaraException Endless(string id, YaraToken at) =>
        new(SignatureCodes.RuleSyntax, at, $"The string {id} has no end.");

    private List<YaraToken> Modifiers()
    {
        var modifiers = new List<YaraToken>();
        while (tokens.Current.Kind == YaraTokenKind.Word && _modifiers.Contains(tokens.Current.Text, StringComparer.Ordinal) && modifiers.Count < 16)
        {
            modifiers.Add(tokens.Take());
        }

        return modifiers;
    }
}
