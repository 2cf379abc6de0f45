using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

internal enum YaraTokenKind
{
    End = 0,

    /// <summary>A name or keyword.</summary>
    Word,

    /// <summary><c>$a</c>, <c>$a*</c> or <c>$</c>.</summary>
    StringId,

    /// <summary><c>#a</c> or <c>#</c>.</summary>
    CountId,

    /// <summary><c>@a</c> or <c>@</c>.</summary>
    OffsetId,

    Number,

    /// <summary>Text in quotes, quotes included.</summary>
    Text,

    /// <summary>One or two characters of punctuation.</summary>
    Mark,

    /// <summary>A character that has no place in rules, or text without its end.</summary>
    Bad,
}

/// <summary>A piece of a rule file.</summary>
/// <param name="Start">First byte in the file.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in bytes.</param>
/// <param name="Text">Its characters, one a byte; cut to a reasonable length where they do not matter.</param>
/// <param name="Number">Of a <see cref="YaraTokenKind.Number"/>.</param>
internal readonly record struct YaraToken(YaraTokenKind Kind, int Start, int Line, int Column, string Text, long Number)
{
    public bool Is(string text) => Kind is YaraTokenKind.Word or YaraTokenKind.Mark && Text == text;
}

/// <summary>What a fault does to the file, as the reference engine does it (clamav-formats.md §3.11).</summary>
internal enum YaraFault
{
    /// <summary>The rule is not well formed: it is left out before its strings are looked at.</summary>
    Rule = 0,

    /// <summary>A well-formed rule with a string that is not supported: it is left out.</summary>
    String,

    /// <summary>
    /// A hex string that cannot be searched for: the rule is left out when another well-formed rule follows in the file,
    /// and the file is malformed when none does.
    /// </summary>
    HexString,

    /// <summary>An invalid regular expression: the file is malformed.</summary>
    Expression,
}

/// <summary>A rule cannot be taken; caught where the rule ends.</summary>
/// <param name="code">One of the codes of rules.</param>
internal sealed class YaraException(string code, YaraToken at, string message, YaraFault fault = YaraFault.Rule) : Exception(message)
{
    public string Code { get; } = code;

    public YaraToken At { get; } = at;

    public YaraFault Fault { get; } = fault;

    /// <summary>True when the reference engine takes the rule for well formed; what is beyond this engine counts as that.</summary>
    public bool IsWellFormed => Fault != YaraFault.Rule || Code is SignatureCodes.RuleConstruct or SignatureCodes.RuleTooLarge;
}
