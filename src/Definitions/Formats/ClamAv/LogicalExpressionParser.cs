using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// The expression of a logical signature (clamav-formats.md §3.7). <c>&amp;</c> and <c>|</c> have equal rank. Outside
/// parentheses a sequence is grouped from the right; inside, its last operator joins everything before it, grouped
/// from the right, with the last term: <c>(a&amp;b|c&amp;d)</c> is <c>(a&amp;(b|c))&amp;d</c>.
/// </summary>
internal ref struct LogicalExpressionParser
{
    /// <summary>Terms of one expression, repeated ids included.</summary>
    private const int MaxTerms = 1024;

    private const long MaxCount = uint.MaxValue;

    private readonly ReadOnlySpan<byte> _text;
    private readonly int _column;
    private readonly LineReport _report;
    private readonly string _code;
    private int _position;
    private int _terms;

    private LogicalExpressionParser(ReadOnlySpan<byte> text, int column, string code, LineReport report)
    {
        (_column, _code, _report) = (column, code, report);
        _text = text;
    }

    /// <summary>Null after reporting what is wrong.</summary>
    /// <param name="column">1-based column of the text's first byte.</param>
    /// <param name="code">What malformed text is reported as.</param>
    public static LogicalExpression? Parse(ReadOnlySpan<byte> text, int column, string code, LineReport report)
    {
        var parser = new LogicalExpressionParser(text, column, code, report);
        return parser.ReadSequence(depth: 0, out _);
    }

    /// <summary>Terms with operators between them, up to the end or the closing parenthesis.</summary>
    private LogicalExpression? ReadSequence(int depth, out bool isSingle)
    {
        isSingle = true;
        if (depth >= LogicalExpression.MaxDepth)
        {
            return Fault("parentheses are nested too deep");
        }

        var terms = new List<LogicalExpression>();
        var isAll = new List<bool>();
        while (true)
        {
            if (ReadTerm(depth) is not { } term)
            {
                return null;
            }

            terms.Add(term);
            isSingle = terms.Count == 1;
            SkipSpaces();
            var isEnd = _position == _text.Length;
            if (isEnd || (depth > 0 && _text[_position] == ')'))
            {
                return isEnd == (depth == 0) ? Group(terms, isAll, depth) : Fault("a parenthesis is not closed");
            }

            if (_text[_position] is not ((byte)'&' or (byte)'|'))
            {
                return Fault("& or | is expected");
            }

            isAll.Add(_text[_position++] == '&');
        }
    }

    private readonly LogicalExpression? Group(List<LogicalExpression> terms, List<bool> isAll, int depth)
    {
        var last = terms.Count - 1;
        if (depth == 0 || last == 0)
        {
            return Checked(GroupFromRight(terms, isAll, last));
        }

        return GroupFromRight(terms, isAll, last - 1) is { } left ? Checked(Join(isAll[last - 1], left, terms[last])) : null;
    }

    /// <summary>The first <paramref name="last"/> + 1 terms.</summary>
    private static LogicalExpression? GroupFromRight(List<LogicalExpression> terms, List<bool> isAll, int last)
    {
        var result = terms[last];
        for (var i = last; i > 0;)
        {
            // A run of one operator is one block: the same truth and count, and less depth.
            var operation = isAll[i - 1];
            var block = new List<LogicalExpression> { result };
            for (; i > 0 && isAll[i - 1] == operation; i--)
            {
                block.Add(terms[i - 1]);
            }

            block.Reverse();
            result = new LogicalBlock(operation, block);
            if (result.Depth > LogicalExpression.MaxDepth)
            {
                return result;
            }
        }

        return result;
    }

    private static LogicalBlock Join(bool isAll, LogicalExpression left, LogicalExpression right) =>
        left is LogicalBlock { Test: null } block && block.IsAll == isAll
            ? new LogicalBlock(isAll, [.. block.Terms, right])
            : new LogicalBlock(isAll, [left, right]);

    private readonly LogicalExpression? Checked(LogicalExpression? expression) =>
        expression is { Depth: > LogicalExpression.MaxDepth } ? Fault("operators alternate too often") : expression;

    private LogicalExpression? ReadTerm(int depth)
    {
        SkipSpaces();
        if (++_terms > MaxTerms)
        {
            return Fault($"there are more than {MaxTerms} terms");
        }

        if (_position < _text.Length && _text[_position] == '(')
        {
            _position++;
            return ReadSequence(depth + 1, out var isSingle) is { } inner ? CloseBlock(inner, isSingle) : null;
        }

        if (!TryReadNumber(out var id))
        {
            return Fault("the number of a subsignature is expected");
        }

        if (id >= LogicalSignature.MaxSubsignatures)
        {
            return Fault($"subsignatures have the numbers 0 to {LogicalSignature.MaxSubsignatures - 1}");
        }

        SkipSpaces();
        return TryReadTest(isBlock: false, out var test) ? new SubsignatureTerm((int)id, test) : null;
    }

    /// <summary>From the closing parenthesis on; a count follows it directly.</summary>
    private LogicalExpression? CloseBlock(LogicalExpression inner, bool isSingle)
    {
        _position++;
        if (!TryReadTest(isBlock: true, out var test))
        {
            return null;
        }

        if (test is null)
        {
            return inner;
        }

        return !isSingle && inner is LogicalBlock block
            ? new LogicalBlock(block.IsAll, block.Terms, test)
            : Fault("a single term in parentheses takes no count outside them");
    }

    /// <summary><c>=n</c>, <c>&gt;n</c>, <c>&lt;n</c>, maybe <c>,m</c>; nothing is well formed too. False after reporting.</summary>
    private bool TryReadTest(bool isBlock, out CountTest? test)
    {
        test = null;
        if (_position == _text.Length || Comparison(_text[_position]) is not { } comparison)
        {
            return true;
        }

        _position++;
        if (!isBlock && _position < _text.Length && _text[_position] == '=')
        {
            _position++;
            comparison = NumberComparison.Equal;
            _report.Warn(SignatureCodes.ExpressionEquals, _column + _position - 2,
                "The comparison reads as = alone; >= and <= are not known, write > or < with the next number.");
        }

        SkipSpaces();
        if (!TryReadNumber(out var value))
        {
            Fault("a count is expected");
            return false;
        }

        long distinct = 0;
        if (_position < _text.Length && _text[_position] == ',')
        {
            _position++;
            if (!TryReadNumber(out distinct))
            {
                Fault("a number of subsignatures is expected");
                return false;
            }
        }

        test = new CountTest(new NumberTest(comparison, value), (int)Math.Min(distinct, LogicalSignature.MaxSubsignatures + 1));
        return true;
    }

    private static NumberComparison? Comparison(byte character) => character switch
    {
        (byte)'=' => NumberComparison.Equal,
        (byte)'>' => NumberComparison.Greater,
        (byte)'<' => NumberComparison.Less,
        _ => null,
    };

    /// <summary>Decimal digits; numbers beyond 32 bits come out as the largest.</summary>
    private bool TryReadNumber(out long value)
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit((char)_text[_position]))
        {
            _position++;
        }

        return DecimalNumber.TryRead(_text[start.._position], MaxCount, out value);
    }

    private void SkipSpaces()
    {
        while (_position < _text.Length && _text[_position] == ' ')
        {
            _position++;
        }
    }

    private readonly LogicalExpression? Fault(string what)
    {
        _report.Error(_code, _column + Math.Min(_position, _text.Length), $"The expression is not understood: {what}.");
        return null;
    }
}
