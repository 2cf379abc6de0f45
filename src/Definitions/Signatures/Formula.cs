using System.Globalization;

namespace Definitions.Signatures;

/// <summary>
/// What a <see cref="Formula"/> does with its terms. A value is a number of 64 bits, which wraps around, or is missing.
/// Whatever is reckoned from a missing value is missing; a comparison with one does not hold. Conditions are 1 or 0; a
/// number is a condition too, which holds unless it is 0 or missing. Numbers of this list are part of the image format.
/// </summary>
public enum FormulaKind : byte
{
    /// <summary>The argument.</summary>
    Number = 1,

    /// <summary>Bytes of the buffer.</summary>
    Size = 2,

    /// <summary>File offset of the entry point; missing for what is no executable.</summary>
    EntryPoint = 3,

    /// <summary>The number of the loop with the argument's level, 0 = the outermost.</summary>
    Variable = 4,

    /// <summary>Binary number at the offset that the term tells; the argument is a <see cref="NumberLayout"/>. Missing where the buffer ends.</summary>
    Read = 5,

    /// <summary>Of the subsignature that the argument names: how often it occurs.</summary>
    Count = 8,

    /// <summary>It occurs.</summary>
    Holds = 9,

    /// <summary>A body: start of an occurrence; the term is its number, from 1 on, in the order of ends. Missing without one.</summary>
    Start = 10,

    /// <summary>A body: an occurrence starts at the term.</summary>
    IsAt = 11,

    /// <summary>A body: an occurrence starts between two terms, both included.</summary>
    IsIn = 12,

    /// <summary>A body: how many start between two terms, both included.</summary>
    CountIn = 13,

    Add = 16,
    Subtract = 17,
    Multiply = 18,

    /// <summary>Rounded towards 0; missing when the second term is 0.</summary>
    Divide = 19,
    Remainder = 20,
    BitAnd = 21,
    BitOr = 22,
    BitXor = 23,

    /// <summary>By 64 bits and more it is 0; by less than 0, missing.</summary>
    ShiftLeft = 24,

    /// <summary>Copies the sign.</summary>
    ShiftRight = 25,
    Negate = 26,
    Complement = 27,

    Equal = 32,
    NotEqual = 33,
    Less = 34,
    LessOrEqual = 35,
    Greater = 36,
    GreaterOrEqual = 37,

    /// <summary>Missing when the term is.</summary>
    Not = 38,

    /// <summary>Each of 1 to 65535 terms holds; those behind one that decides are not looked at.</summary>
    All = 39,

    /// <summary>One of them holds.</summary>
    Any = 40,

    /// <summary>Of the terms behind the first, as many hold as the first says; all when it is missing.</summary>
    AtLeast = 41,

    /// <summary>
    /// The third term is looked at for each number from the first to the second, once in any case; the argument is the loop's
    /// level. A missing first term: it does not hold.
    /// </summary>
    ForAll = 48,
    ForAny = 49,

    /// <summary>As often as the fourth term says; all times when it is missing.</summary>
    ForAtLeast = 50,
}

/// <summary>How bytes are a number, for <see cref="FormulaKind.Read"/>: 1, 2 or 4 of them, and flags.</summary>
[Flags]
public enum NumberLayout : byte
{
    None = 0,
    Width1 = 1,
    Width2 = 2,
    Width4 = 4,
    TwosComplement = 16,

    /// <summary>The high byte comes first.</summary>
    Big = 32,
}

/// <summary>A value that is reckoned from an object while it is scanned: a tree, immutable.</summary>
public sealed class Formula
{
    /// <summary>Levels of a tree: what walks it recurses.</summary>
    public const int MaxDepth = 64;

    /// <summary>Nodes of a tree.</summary>
    public const int MaxNodes = 4096;

    /// <summary>Loops inside each other.</summary>
    public const int MaxLoops = 4;

    /// <param name="argument">See <see cref="FormulaKind"/>; 0 where the kind has none.</param>
    /// <exception cref="ArgumentException">The kind takes another number of terms.</exception>
    public Formula(FormulaKind kind, long argument, params IReadOnlyList<Formula> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (TermsOf(kind) is { } count ? terms.Count != count : terms.Count is 0 or > ushort.MaxValue)
        {
            throw new ArgumentException($"{kind} does not take {terms.Count} terms.", nameof(terms));
        }

        (Kind, Argument, Terms) = (kind, argument, terms);
        Depth = 1 + (terms.Count == 0 ? 0 : terms.Max(term => term.Depth));
        Nodes = terms.Aggregate(1L, (sum, term) => Math.Min(sum + term.Nodes, int.MaxValue));
    }

    public FormulaKind Kind { get; }

    public long Argument { get; }

    public IReadOnlyList<Formula> Terms { get; }

    /// <summary>1 for a single node.</summary>
    public int Depth { get; }

    /// <summary>One that stands at several places counts at each; no more than <see cref="int.MaxValue"/>.</summary>
    public long Nodes { get; }

    /// <summary>Terms that a kind takes; null = 1 to 65535.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static int? TermsOf(FormulaKind kind) => kind switch
    {
        FormulaKind.Number or FormulaKind.Size or FormulaKind.EntryPoint or FormulaKind.Variable or FormulaKind.Count or FormulaKind.Holds => 0,
        FormulaKind.Read or FormulaKind.Start or FormulaKind.IsAt or FormulaKind.Negate or FormulaKind.Complement or FormulaKind.Not => 1,
        FormulaKind.IsIn or FormulaKind.CountIn or (>= FormulaKind.Add and <= FormulaKind.ShiftRight)
            or (>= FormulaKind.Equal and <= FormulaKind.GreaterOrEqual) => 2,
        FormulaKind.ForAll or FormulaKind.ForAny => 3,
        FormulaKind.ForAtLeast => 4,
        FormulaKind.All or FormulaKind.Any or FormulaKind.AtLeast => null,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>True when the argument names a subsignature.</summary>
    public static bool NamesSubsignature(FormulaKind kind) => kind is >= FormulaKind.Count and <= FormulaKind.CountIn;

    /// <summary>True when the argument names a body.</summary>
    public static bool NamesBody(FormulaKind kind) => kind is >= FormulaKind.Start and <= FormulaKind.CountIn;

    /// <summary>The same over subsignatures whose ids are higher by a number.</summary>
    public Formula Shift(int by) => new(Kind, Argument + (NamesSubsignature(Kind) ? by : 0), [.. Terms.Select(term => term.Shift(by))]);

    /// <summary>All of it, in one line: equal for equal formulas only.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind}{(Argument == 0 ? "" : $" {Argument}")}{(Terms.Count == 0 ? "" : $"({string.Join(", ", Terms)})")}");
}
