namespace Definitions.Signatures;

/// <summary>
/// A condition over the counts of subsignatures. Each node is true or false and carries a count and a set of ids; a
/// false one carries 0 and none (clamav-formats.md §3.7, Expression).
/// </summary>
public abstract class LogicalExpression
{
    /// <summary>Levels of nodes that a parser may build: what walks them may recurse.</summary>
    public const int MaxDepth = 96;

    /// <summary>1 for a single term.</summary>
    public abstract int Depth { get; }

    /// <summary>The highest id named.</summary>
    public abstract int HighestId { get; }
}

/// <summary>
/// A subsignature: true when it occurs, or when its count passes the test. Its count is the subsignature's, its set the
/// id alone.
/// </summary>
public sealed class SubsignatureTerm(int id, CountTest? test = null) : LogicalExpression
{
    /// <summary>Index of the subsignature, 0 to 63.</summary>
    public int Id { get; } = id;

    /// <summary>Null: more than 0. The test's least number of distinct ids does not count here.</summary>
    public CountTest? Test { get; } = test;

    public override int Depth => 1;

    public override int HighestId => Id;
}

/// <summary>
/// All or any of its terms. The count is the sum over the true terms, the set their union. With a test it is true when
/// that count (0 when the terms do not hold) passes, and then keeps the count but not the set.
/// </summary>
public sealed class LogicalBlock : LogicalExpression
{
    public LogicalBlock(bool isAll, IReadOnlyList<LogicalExpression> terms, CountTest? test = null)
    {
        ArgumentNullException.ThrowIfNull(terms);
        (IsAll, Terms, Test) = (isAll, terms, test);
        Depth = 1 + terms.Max(term => term.Depth);
        HighestId = terms.Max(term => term.HighestId);
    }

    /// <summary>True: every term has to hold (<c>&amp;</c>); false: one of them (<c>|</c>).</summary>
    public bool IsAll { get; }

    public IReadOnlyList<LogicalExpression> Terms { get; }

    public CountTest? Test { get; }

    public override int Depth { get; }

    public override int HighestId { get; }
}

/// <summary>True when its term is false; its count is 0 and its set empty. <c>.ldb</c> has none.</summary>
public sealed class LogicalNegation(LogicalExpression term) : LogicalExpression
{
    public LogicalExpression Term { get; } = term;

    public override int Depth { get; } = term.Depth + 1;

    public override int HighestId => Term.HighestId;
}

/// <summary>A number is compared with a fixed one. Numbers are part of the image format.</summary>
public enum NumberComparison : byte
{
    Equal = 0,
    Greater = 1,
    Less = 2,
}

/// <param name="Value">What is compared with, on the right.</param>
public readonly record struct NumberTest(NumberComparison Comparison, long Value)
{
    public bool Holds(long number) => Comparison switch
    {
        NumberComparison.Equal => number == Value,
        NumberComparison.Greater => number > Value,
        NumberComparison.Less => number < Value,
    };
}

/// <summary>A test of a count.</summary>
/// <param name="Number">Of the count, with a value of 0 to 4294967295.</param>
/// <param name="LeastDistinct">So many different subsignatures have to be in the block's set; 0 = not asked.</param>
public readonly record struct CountTest(NumberTest Number, int LeastDistinct = 0);
