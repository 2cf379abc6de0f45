namespace Engine.Images;

/// <summary>Runs <see cref="NameProgram"/>s over names. Holds working memory that grows with the largest program; not thread-safe.</summary>
internal sealed class NameMachine
{
    /// <summary>Steps between two calls of the progress callback.</summary>
    private const int ProgressStep = 65_536;

    private readonly List<int> _pending = [];
    private int[] _places = [];
    private int[] _next = [];
    private int[] _entered = [];
    private int _round;
    private int _count;
    private int _nextCount;
    private int _untilProgress = ProgressStep;

    /// <summary>Whether the expression matches anywhere in the name.</summary>
    /// <param name="progress">Called for so much work; may throw to end the scan.</param>
    public bool IsMatch(NameProgram program, string name, Action progress)
    {
        if (_places.Length < program.Steps.Length)
        {
            (_places, _next, _entered) = (new int[program.Steps.Length], new int[program.Steps.Length], new int[program.Steps.Length]);
            _round = 0;
        }

        _count = 0;
        for (var at = 0; ; at++)
        {
            // A match may begin anywhere: the first step joins those that were reached by what came before.
            BeginRound(at == 0);
            for (var i = 0; i < _count; i++)
            {
                if (Enter(program, _places[i], at, name.Length))
                {
                    return true;
                }
            }

            if (Enter(program, 0, at, name.Length))
            {
                return true;
            }

            if (at == name.Length || (_nextCount == 0 && program.IsAnchored))
            {
                return false;
            }

            _count = 0;
            for (var i = 0; i < _nextCount; i++)
            {
                if (program.Takes(_next[i], name[at]))
                {
                    _places[_count++] = _next[i] + 1;
                }
            }

            Spend(_nextCount, progress);
        }
    }

    private void BeginRound(bool isFirst)
    {
        _nextCount = 0;
        if (isFirst && _round > int.MaxValue / 2)
        {
            _entered.AsSpan().Clear();
            _round = 0;
        }

        _round++;
    }

    /// <summary>Follows forks and anchors from a step to those that take a character; true at the end of the program.</summary>
    private bool Enter(NameProgram program, int first, int at, int length)
    {
        _pending.Add(first);
        while (_pending.Count > 0)
        {
            var place = _pending[^1];
            _pending.RemoveAt(_pending.Count - 1);
            if (_entered[place] == _round)
            {
                continue;
            }

            _entered[place] = _round;
            var step = program.Steps[place];
            switch (step.Operation)
            {
                case NameOperation.Match:
                    _pending.Clear();
                    return true;
                case NameOperation.Fork:
                    _pending.Add(step.First);
                    _pending.Add(step.Second);
                    break;
                case NameOperation.Start when at == 0:
                case NameOperation.End when at == length:
                    _pending.Add(place + 1);
                    break;
                case NameOperation.Character:
                case NameOperation.OtherCharacter:
                    _next[_nextCount++] = place;
                    break;
                default:
                    // An anchor that does not hold here.
                    break;
            }
        }

        return false;
    }

    private void Spend(int steps, Action progress)
    {
        _untilProgress -= steps + 1;
        if (_untilProgress < 0)
        {
            _untilProgress = ProgressStep;
            progress();
        }
    }
}
