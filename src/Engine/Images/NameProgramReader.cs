using System.Globalization;

namespace Engine.Images;

/// <summary>
/// Reads an expression in the form that the translation of POSIX expressions writes into images: letters, digits,
/// <c>\uXXXX</c>, <c>.</c>, classes of such characters and ranges, <c>\A</c>, <c>\z</c>, groups <c>(?:…)</c>,
/// alternatives, and the repetitions <c>* + ? {n,} {n,m}</c>. Anything else is no expression. Bounded by
/// <see cref="NameProgram.MaxSteps"/> and <see cref="MaxDepth"/>.
/// </summary>
internal sealed class NameProgramReader
{
    /// <summary>Twice what the translation allows: each group may be wrapped once more to be repeated.</summary>
    private const int MaxDepth = 80;

    private readonly string _text;
    private readonly List<NameStep> _steps = [];
    private readonly List<char> _ranges = [];
    private int _at;

    private NameProgramReader(string text) => _text = text;

    private bool IsMore => _at < _text.Length;

    private char Current => _text[_at];

    /// <exception cref="ImageException">It is no expression: the image is damaged.</exception>
    public static NameProgram Read(string text)
    {
        var reader = new NameProgramReader(text);
        reader.Alternatives(0);
        if (reader.IsMore)
        {
            throw Damaged();
        }

        reader.Add(new NameStep(NameOperation.Match, 0, 0));
        return new NameProgram([.. reader._steps], [.. reader._ranges]);
    }

    private static ImageException Damaged() => ImageException.Damaged("the name of a signature about members is no expression");

    private void Add(NameStep step)
    {
        if (_steps.Count >= NameProgram.MaxSteps)
        {
            throw Damaged();
        }

        _steps.Add(step);
    }

    /// <summary>Steps lie one after the other; places in forks that start inside of what is moved move with it.</summary>
    private void Insert(int place, NameStep step)
    {
        Add(step);
        for (var i = _steps.Count - 1; i > place; i--)
        {
            _steps[i] = Moved(_steps[i - 1], place, 1);
        }

        _steps[place] = step;
    }

    private static NameStep Moved(NameStep step, int from, int distance) => step.Operation != NameOperation.Fork
        ? step
        : new NameStep(
            NameOperation.Fork,
            step.First >= from ? step.First + distance : step.First,
            step.Second >= from ? step.Second + distance : step.Second);

    private void Alternatives(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Damaged();
        }

        // Ends of alternatives but the last: forks that go behind all of them.
        var ends = new List<int>();
        var start = _steps.Count;
        while (true)
        {
            while (IsMore && Current is not ('|' or ')'))
            {
                Piece(depth);
            }

            if (!IsMore || Current == ')')
            {
                break;
            }

            _at++;
            Insert(start, default);
            ends.Add(_steps.Count);
            Add(new NameStep(NameOperation.Fork, 0, 0));
            _steps[start] = new NameStep(NameOperation.Fork, start + 1, _steps.Count);
            start = _steps.Count;
        }

        foreach (var end in ends)
        {
            _steps[end] = new NameStep(NameOperation.Fork, _steps.Count, _steps.Count);
        }
    }

    private void Piece(int depth)
    {
        var start = _steps.Count;
        Atom(depth);
        if (!IsMore)
        {
            return;
        }

        var (minimum, maximum) = Current switch
        {
            '*' => (0, (int?)null),
            '+' => (1, null),
            '?' => (0, 1),
            '{' => Counts(),
            _ => (1, 1),
        };
        if (Current is '*' or '+' or '?' or '}')
        {
            _at++;
            Repeat(start, minimum, maximum);
        }
    }

    /// <summary>Leaves the brace that ends it.</summary>
    private (int Minimum, int? Maximum) Counts()
    {
        _at++;
        var minimum = Number();
        if (!IsMore || Current != ',')
        {
            throw Damaged();
        }

        _at++;
        int? maximum = IsMore && Current != '}' ? Number() : null;
        return IsMore && Current == '}' && !(maximum < minimum) ? (minimum, maximum) : throw Damaged();
    }

    private int Number()
    {
        var start = _at;
        while (IsMore && char.IsAsciiDigit(Current))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw Damaged();
    }

    /// <summary>Writes the repetitions of what was added last out: the body as often as it must, then as often as it may, each in a fork.</summary>
    private void Repeat(int start, int minimum, int? maximum)
    {
        var body = _steps[start..];
        _steps.RemoveRange(start, body.Count);
        if (((long)Math.Max(minimum, maximum ?? 0) + 1) * (body.Count + 2) > NameProgram.MaxSteps)
        {
            throw Damaged();
        }

        var last = _steps.Count;
        for (var i = 0; i < minimum; i++)
        {
            last = _steps.Count;
            Append(body, start);
        }

        if (maximum is null)
        {
            AddEndless(body, start, minimum == 0 ? null : last);
            return;
        }

        var end = _steps.Count + ((maximum.Value - minimum) * (body.Count + 1));
        for (var i = minimum; i < maximum; i++)
        {
            Add(new NameStep(NameOperation.Fork, _steps.Count + 1, end));
            Append(body, start);
        }
    }

    /// <param name="last">Where the last of the bodies begins that have to be; null = there is none.</param>
    private void AddEndless(List<NameStep> body, int start, int? last)
    {
        if (last is { } again)
        {
            Add(new NameStep(NameOperation.Fork, again, _steps.Count + 1));
            return;
        }

        var fork = _steps.Count;
        Add(new NameStep(NameOperation.Fork, fork + 1, fork + body.Count + 2));
        Append(body, start);
        Add(new NameStep(NameOperation.Fork, fork, fork));
    }

    /// <param name="from">Where the body stood.</param>
    private void Append(List<NameStep> body, int from)
    {
        var distance = _steps.Count - from;
        foreach (var step in body)
        {
            Add(Moved(step, from, distance));
        }
    }

    private void Atom(int depth)
    {
        var c = _text[_at++];
        switch (c)
        {
            case '(':
                Group(depth);
                break;
            case '[':
                Class();
                break;
            case '.':
                Add(new NameStep(NameOperation.OtherCharacter, 0, 0));
                break;
            case '\\' when IsMore && Current is 'A' or 'z':
                Add(new NameStep(_text[_at++] == 'A' ? NameOperation.Start : NameOperation.End, 0, 0));
                break;
            default:
                _at--;
                var (literal, first) = (Character(), _ranges.Count);
                _ranges.AddRange([literal, literal]);
                Add(new NameStep(NameOperation.Character, first, 1));
                break;
        }
    }

    private void Group(int depth)
    {
        if (!_text.AsSpan(_at).StartsWith("?:"))
        {
            throw Damaged();
        }

        _at += 2;
        Alternatives(depth + 1);
        if (!IsMore)
        {
            throw Damaged();
        }

        _at++;
    }

    private void Class()
    {
        var isNegated = IsMore && Current == '^';
        _at += isNegated ? 1 : 0;
        var first = _ranges.Count;
        while (IsMore && Current != ']')
        {
            var low = Character();
            var isRange = IsMore && Current == '-';
            _at += isRange ? 1 : 0;
            _ranges.Add(low);
            _ranges.Add(isRange ? Character() : low);
        }

        if (!IsMore)
        {
            throw Damaged();
        }

        _at++;
        Add(new NameStep(isNegated ? NameOperation.OtherCharacter : NameOperation.Character, first, (_ranges.Count - first) / 2));
    }

    private char Character()
    {
        if (IsMore && char.IsAsciiLetterOrDigit(Current))
        {
            return _text[_at++];
        }

        if (_text.AsSpan(_at).StartsWith("\\u") && _at + 6 <= _text.Length
            && ushort.TryParse(_text.AsSpan(_at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            _at += 6;
            return (char)code;
        }

        throw Damaged();
    }
}
