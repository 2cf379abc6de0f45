namespace Engine.Images;

/// <summary>What the compiler is at, in this order.</summary>
public enum CompileStage
{
    /// <summary>Input files are read once for their digests.</summary>
    Reading = 0,

    /// <summary>Signatures are parsed and packed.</summary>
    Parsing = 1,

    /// <summary>Digests and anchors are laid out.</summary>
    Sorting = 2,

    /// <summary>The image is written.</summary>
    Writing = 3,
}

/// <summary>How far a compilation is.</summary>
/// <param name="Done">Bytes of the stage's input (reading, parsing) or output (writing), tables (sorting).</param>
/// <param name="Total">As above; 0 when there is nothing to do.</param>
public readonly record struct CompileProgress(CompileStage Stage, long Done, long Total)
{
    /// <summary>Where each stage starts on the way from 0 to 1, measured on a large set.</summary>
    private static readonly double[] _starts = [0, 0.05, 0.8, 0.88, 1];

    /// <summary>0 to 1 of the whole compilation, roughly in time; never goes back.</summary>
    public double Share
    {
        get
        {
            var (start, end) = (_starts[(int)Stage], _starts[(int)Stage + 1]);
            return Total == 0 ? start : start + ((end - start) * Math.Min(1, (double)Done / Total));
        }
    }
}

/// <summary>What one compilation may use, and where it tells how far it is.</summary>
internal sealed class CompileScope(int cores, Action<CompileProgress>? report, CancellationToken cancellationToken)
{
    private readonly Lock _lock = new();
    private CompileProgress _progress;

    /// <summary>1 or more.</summary>
    public int Cores { get; } = cores;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public static CompileScope Quiet(CancellationToken cancellationToken) => new(1, null, cancellationToken);

    public void Begin(CompileStage stage, long total)
    {
        lock (_lock)
        {
            _progress = new CompileProgress(stage, 0, total);
            report?.Invoke(_progress);
        }
    }

    /// <summary>From any thread; reports come one at a time and never go back.</summary>
    public void Advance(long done)
    {
        if (report is null)
        {
            return;
        }

        lock (_lock)
        {
            _progress = _progress with { Done = _progress.Done + done };
            report(_progress);
        }
    }
}
