namespace Engine.Images;

/// <summary>Notes which signatures are looked for by bytes that are common in benign files.</summary>
internal sealed class AnchorHeat
{
    /// <summary>From here on a signature is told as weak: about every 64 KiB of benign data wakes it.</summary>
    public const float WeakHits = 16;

    /// <summary>From here on it is worth a finding of its own: every 256 bytes of benign data wake it.</summary>
    public const float HotHits = 4096;

    private const int MaxListed = 50;

    /// <summary>Different windows that are kept apart; bounds what a hostile set costs.</summary>
    private const int MaxWindows = 65536;

    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, long> _always = [];
    private string _signature = "";
    private float _most;
    private string _mostWindow = "";
    private long _weak;

    /// <summary>The most common window of the signature that was added last, when it is hot.</summary>
    public (string Window, float Hits)? HotLast => _most > HotHits ? (_mostWindow, _most) : null;

    /// <summary>What is added now belongs to this signature.</summary>
    public void Begin(string signature) => (_signature, _most) = (signature, 0);

    public void Add(ReadOnlySpan<byte> window, float hits)
    {
        if (hits <= WeakHits)
        {
            return;
        }

        var hex = Convert.ToHexStringLower(window);
        _weak += _most == 0 ? 1 : 0;
        (_most, _mostWindow) = hits > _most ? (hits, hex) : (_most, _mostWindow);
        if (_windows.TryGetValue(hex, out var known))
        {
            known.Bodies++;
        }
        else if (_windows.Count < MaxWindows)
        {
            _windows.Add(hex, new Window(_signature, hits));
        }
    }

    public void SetAlwaysEvaluated(LogicalWakes wakes)
    {
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            if (wakes.Always(target).Count > 0)
            {
                _always[target] = wakes.Always(target).Count;
            }
        }
    }

    public AnchorReport Report() => new()
    {
        WeakSignatures = _weak,
        Hottest =
        [
            .. _windows
                .OrderByDescending(pair => pair.Value.Hits * pair.Value.Bodies)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(MaxListed)
                .Select(pair => new HotAnchor(pair.Key, pair.Value.Hits, pair.Value.Bodies, pair.Value.Signature)),
        ],
        AlwaysEvaluated = _always,
    };

    private sealed class Window(string signature, float hits)
    {
        public string Signature { get; } = signature;

        public float Hits { get; } = hits;

        public long Bodies { get; set; } = 1;
    }
}

/// <summary>What of a set makes every scan slower.</summary>
public sealed class AnchorReport
{
    /// <summary>Signatures with a pattern that is looked for by bytes expected more than 16 times in a MiB of benign files.</summary>
    public required long WeakSignatures { get; init; }

    /// <summary>At most 50, those first that cost most.</summary>
    public required IReadOnlyList<HotAnchor> Hottest { get; init; }

    /// <summary>Logical signatures that can be true without an occurrence of anything, by target: evaluated for every object of it.</summary>
    public required IReadOnlyDictionary<int, long> AlwaysEvaluated { get; init; }
}

/// <summary>Bytes that a scan looks for, and that are common.</summary>
/// <param name="Window">Hexadecimal.</param>
/// <param name="BenignHits">Expected in a MiB of benign files.</param>
/// <param name="Bodies">Patterns that are looked for by these bytes.</param>
/// <param name="Signature">The first signature with such a pattern.</param>
public sealed record HotAnchor(string Window, double BenignHits, long Bodies, string Signature);
