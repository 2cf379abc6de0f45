namespace Engine.Normalisation;

/// <summary>
/// Which names of a script a declaration renames, and to what (clamav-formats.md §3.12): what <c>var</c> declares and
/// the name and parameters of a function, each valid in its function, also before the declaration. Told of one token
/// after the other.
/// </summary>
internal sealed class ScriptScopes
{
    /// <summary>Functions in functions; deeper ones share a scope. Bounds what looking up one name costs.</summary>
    private const int MaxDepth = 64;

    private readonly List<Scope> _scopes = [new Scope(parent: -1, depth: 0)];
    private int _current;
    private int _nextId;

    private enum FunctionPart
    {
        None,
        Name,
        Parameters,
        Body,
        Inside,
    }

    /// <summary>Takes the next token and returns its scope.</summary>
    /// <param name="name">The name's number when the token is a name, else -1.</param>
    /// <param name="sign">The sign when the token is one, else 0.</param>
    public int Take(int name, byte sign, bool isVar, bool isFunction)
    {
        var scope = _scopes[_current];
        if (isFunction)
        {
            Enter();
        }
        else if (isVar)
        {
            (scope.IsDeclaring, scope.IsNameDue, scope.Nesting) = (true, true, 0);
        }
        else if (name >= 0)
        {
            if (scope.IsNameDue || scope.Part is FunctionPart.Name or FunctionPart.Parameters)
            {
                Declare(scope, name);
            }

            scope.IsNameDue = false;
        }
        else
        {
            TakeSign(scope, sign);
        }

        return _current;
    }

    /// <summary>The number that the name was given where it is used; -1 = it keeps its name.</summary>
    public int Find(int scope, int name)
    {
        for (var at = scope; at >= 0; at = _scopes[at].Parent)
        {
            if (_scopes[at].TryFind(name, out var id))
            {
                return id;
            }
        }

        return -1;
    }

    private void Declare(Scope scope, int name) => scope.Declare(name, _nextId++);

    private void Enter()
    {
        if (_scopes[_current].Depth < MaxDepth)
        {
            _scopes.Add(new Scope(_current, _scopes[_current].Depth + 1));
            _current = _scopes.Count - 1;
        }

        _scopes[_current].Part = FunctionPart.Name;
    }

    private void TakeSign(Scope scope, byte sign)
    {
        scope.IsNameDue = false;
        if (scope.Part != FunctionPart.None && TakeFunctionSign(scope, sign))
        {
            return;
        }

        if (!scope.IsDeclaring)
        {
            return;
        }

        switch (sign)
        {
            case (byte)',' when scope.Nesting == 0:
                scope.IsNameDue = true;
                break;
            case (byte)';':
                scope.IsDeclaring = false;
                break;
            case (byte)'[' or (byte)'{':
                scope.Nesting++;
                break;
            case (byte)']' or (byte)'}':
                scope.IsDeclaring = --scope.Nesting >= 0;
                break;
        }
    }

    /// <summary>True when the sign belongs to the function's own frame.</summary>
    private bool TakeFunctionSign(Scope scope, byte sign)
    {
        switch (scope.Part, sign)
        {
            case (FunctionPart.Name, (byte)'('):
                scope.Part = FunctionPart.Parameters;
                return true;
            case (FunctionPart.Parameters, (byte)')'):
                scope.Part = FunctionPart.Body;
                return true;
            case (FunctionPart.Body, (byte)'{'):
                scope.Part = FunctionPart.Inside;
                scope.Braces = 1;
                return true;
            case (FunctionPart.Inside, (byte)'{'):
                scope.Braces++;
                return false;
            case (FunctionPart.Inside, (byte)'}'):
                if (--scope.Braces == 0)
                {
                    scope.Part = FunctionPart.None;
                    _current = Math.Max(scope.Parent, 0);
                    return true;
                }

                return false;
            default:
                return false;
        }
    }

    private sealed class Scope(int parent, int depth)
    {
        /// <summary>Names that are looked for one after the other; with more there is a table.</summary>
        private const int MaxFew = 8;

        private (int Name, int Id)[] _few = [];
        private int _count;
        private Dictionary<int, int>? _many;

        public int Parent { get; } = parent;

        public int Depth { get; } = depth;

        public FunctionPart Part { get; set; }

        public int Braces { get; set; }

        public bool IsDeclaring { get; set; }

        public bool IsNameDue { get; set; }

        public int Nesting { get; set; }

        /// <summary>Declared again, a name has the later number everywhere.</summary>
        public void Declare(int name, int id)
        {
            var at = IndexOf(name);
            if (_many is not null || (at < 0 && _count == MaxFew))
            {
                _many ??= _few.ToDictionary(pair => pair.Name, pair => pair.Id);
                _many[name] = id;
                return;
            }

            if (at < 0)
            {
                at = _count++;
                if (at == _few.Length)
                {
                    Array.Resize(ref _few, at == 0 ? 2 : at * 2);
                }
            }

            _few[at] = (name, id);
        }

        public bool TryFind(int name, out int id)
        {
            if (_many is not null)
            {
                return _many.TryGetValue(name, out id);
            }

            var at = IndexOf(name);
            id = at < 0 ? -1 : _few[at].Id;
            return at >= 0;
        }

        private int IndexOf(int name)
        {
            for (var i = 0; i < _count; i++)
            {
                if (_few[i].Name == name)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
