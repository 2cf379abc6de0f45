using System.Globalization;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>What the compiler itself has to say of signatures, besides the parser's findings.</summary>
internal static class CompileCodes
{
    /// <summary>Members of macro groups: stored, not matched yet.</summary>
    public const string MacroGroup = "IMG002";

    /// <summary>A pattern that the image cannot hold; it is left out.</summary>
    public const string PatternTooWide = "IMG003";

    /// <summary>More findings in a file than are listed.</summary>
    public const string MoreFindings = "IMG004";

    /// <summary>An ignore list names the signature.</summary>
    public const string Ignored = "IMG006";

    /// <summary>Malformed lines of a lenient input are left out; the rest of the file loads.</summary>
    public const string LinesDropped = "IMG005";

    /// <summary>A signature is looked for by bytes that are everywhere.</summary>
    public const string CommonBytes = "IMG008";

    /// <summary>Many logical signatures of a target have to be evaluated for every object.</summary>
    public const string ManyAlwaysEvaluated = "IMG009";

    /// <summary>A condition on containers names a type that nothing here opens.</summary>
    public const string UnopenedContainer = "IMG010";

    /// <summary>More in one target are told. The reference engine loads any number, so none is refused.</summary>
    private const int MaxAlwaysEvaluated = 100;

    /// <param name="window">Hexadecimal.</param>
    public static Diagnostic Common(string window, float hits, string file, int line) =>
        new(CommonBytes, DiagnosticSeverity.Warning, string.Create(
            CultureInfo.InvariantCulture,
            $"The rarest bytes of a pattern, {window}, stand about {hits:0} times in a MiB of harmless files: every scan pays for them."),
            file, line, 0);

    public static IEnumerable<Diagnostic> AlwaysEvaluated(AnchorReport anchors) =>
        from target in anchors.AlwaysEvaluated
        where target.Value > MaxAlwaysEvaluated
        select new Diagnostic(ManyAlwaysEvaluated, DiagnosticSeverity.Warning, string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Value} logical signatures of target {target.Key} can be true without a pattern, so they are evaluated for every such object."),
            "*.ldb", 0, 0);

    public static Diagnostic TooWide(PatternTooWideException fault, string file, int line) =>
        new(PatternTooWide, DiagnosticSeverity.Skipped, $"The signature is left out: {fault.Message}.", file, line, 0);
}

/// <summary>The findings about one file: bounded, whatever the file holds.</summary>
internal sealed class FileFindings(string file)
{
    /// <summary>Findings listed per file; the rest is counted.</summary>
    public const int MaxListed = 100;

    private readonly List<Diagnostic> _listed = [];
    private long _more;

    public long Errors { get; private set; }

    public Diagnostic? FirstError { get; private set; }

    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);

    /// <summary>All that were left out, listed or not; null = nothing was.</summary>
    public LeftOutLines? LeftOut => Errors == 0 && _skipped.Count == 0 ? null : new LeftOutLines(file, Errors, _skipped);

    public void Add(Diagnostic diagnostic)
    {
        if (diagnostic.Severity == DiagnosticSeverity.Error)
        {
            Errors++;
            FirstError ??= diagnostic;
        }
        else if (diagnostic.Severity == DiagnosticSeverity.Skipped)
        {
            _skipped[diagnostic.Code] = _skipped.GetValueOrDefault(diagnostic.Code) + 1;
        }

        if (_listed.Count < MaxListed)
        {
            _listed.Add(diagnostic);
        }
        else
        {
            _more++;
        }
    }

    /// <summary>A finding about the whole file; always listed.</summary>
    public void AddForFile(string code, string message) =>
        _listed.Add(new Diagnostic(code, DiagnosticSeverity.Warning, message, file, 0, 0));

    public IReadOnlyList<Diagnostic> Finish()
    {
        if (_more > 0)
        {
            AddForFile(CompileCodes.MoreFindings, string.Create(
                CultureInfo.InvariantCulture, $"{_more} more findings in this file are not listed."));
            _more = 0;
        }

        return _listed;
    }
}
