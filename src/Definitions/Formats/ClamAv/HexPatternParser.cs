using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// Hex signature text to a pattern (clamav-formats.md §3.6, grammar). One pass, no look back; nesting is bounded, so is
/// everything else by the length of a line. What a pattern must hold beyond its grammar is <see cref="HexPatternRules"/>'.
/// </summary>
internal ref struct HexPatternParser
{
    /// <summary>
    /// <c>{n}</c> below this is the same as n times <c>??</c> until the first range; from here on it splits the signature.
    /// </summary>
    internal const int SplittingSkip = 128;

    private readonly List<PatternPartBuilder> _finished = [];
    private PatternPartBuilder _part = new(PatternGap.None, 0);
    private HexCursor _cursor;

    /// <summary>After the first splitting <c>{…}</c> every further <c>{n}</c> splits too, whatever n is.</summary>
    private bool _hasRange;

    private HexPatternParser(ReadOnlySpan<byte> text, int column, LineReport report) =>
        _cursor = new HexCursor(text, column, report);

    /// <summary>Null after reporting what is wrong.</summary>
    /// <param name="column">1-based column of the text's first byte.</param>
    public static HexPattern? Parse(ReadOnlySpan<byte> text, int column, LineReport report) =>
        new HexPatternParser(text, column, report).Parse();

    private HexPattern? Parse()
    {
        while (true)
        {
            _cursor.ReadLiterals(_part);
            if (_cursor.IsAtEnd)
            {
                break;
            }

            if (!ReadToken())
            {
                return null;
            }
        }

        return FinishPart() ? ToPattern() : null;
    }

    private bool ReadToken()
    {
        switch (_cursor.Current)
        {
            case (byte)'*':
                _cursor.Skip(1);
                return NextPart(PatternGap.Unbounded);
            case (byte)'{':
                return ReadGap();
            case (byte)'[':
                return AddIfRead(HexGapReader.ReadShortGap(ref _cursor));
            case (byte)'(':
                return ReadParentheses(isNegated: false);
            case (byte)'!' when _cursor.Rest.StartsWith("!("u8):
                _cursor.Skip(1);
                return ReadParentheses(isNegated: true);
            default:
                return AddIfRead(_cursor.ReadByte());
        }
    }

    private readonly bool AddIfRead(PatternItem? item)
    {
        if (item is null)
        {
            return false;
        }

        _part.Add(item);
        return true;
    }

    private bool ReadGap()
    {
        if (!HexGapReader.TryReadGap(ref _cursor, out var gap, out var isExact))
        {
            return false;
        }

        if (_hasRange || !isExact || gap.Minimum >= SplittingSkip)
        {
            _hasRange = true;
            return NextPart(gap);
        }

        _part.AddAnyBytes(gap.Minimum);
        return true;
    }

    private bool ReadParentheses(bool isNegated)
    {
        BoundaryKind? kind = _cursor.TryTake("(B)"u8) ? BoundaryKind.Word
            : _cursor.TryTake("(L)"u8) ? BoundaryKind.Line
            : _cursor.TryTake("(W)"u8) ? BoundaryKind.NonAlphanumeric : null;
        if (kind is { } boundary)
        {
            _part.Add(new BoundaryItem { Boundary = new PatternBoundary(boundary, isNegated) });
            return true;
        }

        _cursor.Skip(1);
        return AddIfRead(HexAlternativesReader.Read(ref _cursor, isNegated));
    }

    private bool NextPart(PatternGap gap)
    {
        if (!FinishPart())
        {
            return false;
        }

        _part = new PatternPartBuilder(gap, _cursor.Position);
        return true;
    }

    private readonly bool FinishPart()
    {
        if (!_part.TryFinish())
        {
            _cursor.Fault(SignatureCodes.ShortGapPlace, _part.Start, "A distance [n-m] sets off a single byte (two digits, "
                + "either may be ?) at the very start or end of a part; at most one at each end.");
            return false;
        }

        _finished.Add(_part);
        return true;
    }

    private readonly HexPattern ToPattern()
    {
        var parts = new PatternPart[_finished.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = _finished[i];
            parts[i] = new PatternPart
            {
                Gap = part.Gap,
                Items = part.Items,
                Left = i == 0 ? null : part.Left,
                Right = i == parts.Length - 1 ? null : part.Right,
            };
        }

        return new HexPattern
        {
            Parts = parts,
            Left = _finished[0].Left,
            Right = _finished[^1].Right,
            Source = Encoding.ASCII.GetString(_cursor.Text),
        };
    }
}
