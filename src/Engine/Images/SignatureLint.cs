using Definitions;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Looks at signature files one by one and says of each line what becomes of it: what the parser finds, what an image
/// cannot hold, and what the ignore lists of the same set leave out. Nothing is kept: memory does not grow with the file.
/// </summary>
public sealed class SignatureLint
{
    /// <summary>Signatures that are compiled before the room for them is used again.</summary>
    private const int TrialSignatures = 4096;

    private readonly IgnoreList _ignored = new();
    private readonly UnwantedPolicy _unwanted;
    private ImageBuilder _trial = new();
    private int _inTrial;

    private SignatureLint(UnwantedPolicy unwanted) => _unwanted = unwanted;

    /// <summary>Reads the ignore lists of a set; other files are not opened.</summary>
    /// <exception cref="IOException">A list could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A list could not be read.</exception>
    public static SignatureLint Prepare(IEnumerable<string> paths, UnwantedPolicy unwanted)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(unwanted);
        var lint = new SignatureLint(unwanted);
        foreach (var path in paths.Where(p => SignatureParser.IsIgnoreList(Path.GetFileName(p))))
        {
            using var content = Open(path);
            SignatureParser.Parse(content, lint.FileOf(path), entry => lint._ignored.Add((IgnoreSignature)entry), static _ => { });
        }

        return lint;
    }

    /// <summary>Reads one file to its end.</summary>
    /// <param name="loads">Called with each signature that loads.</param>
    /// <param name="report">Called with each finding, lines that are skipped in silence elsewhere included; the file stands
    /// there by its name only.</param>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file could not be read.</exception>
    public LintCounts Check(
        string path, Action<Signature> loads, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var content = Open(path);
        return Check(content, Path.GetFileName(path), loads, report, cancellationToken);
    }

    /// <summary>Reads the content of one file to its end.</summary>
    /// <param name="name">The name of the file; its extension picks the format.</param>
    /// <exception cref="IOException">The content could not be read.</exception>
    public LintCounts Check(
        Stream content, string name, Action<Signature> loads, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        long loaded = 0, left = 0, warnings = 0;
        var summary = SignatureParser.Parse(content, FileOf(name), Accept, Tell, _ignored.NeedsSourceMd5);
        return new LintCounts(summary.Lines, loaded, summary.Skipped + left, warnings, summary.Errors);

        void Accept(Signature signature)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FindFault(signature, name) is { } fault)
            {
                left++;
                report(fault);
                return;
            }

            loaded++;
            if (UnopenedContainers.Find(signature, name) is { } unopened)
            {
                warnings++;
                report(unopened);
            }

            loads(signature);
        }

        void Tell(Diagnostic found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            warnings += found.Severity == DiagnosticSeverity.Warning ? 1 : 0;
            report(found);
        }
    }

    /// <summary>Why a well-formed signature is left out all the same.</summary>
    private Diagnostic? FindFault(Signature signature, string file)
    {
        if (signature is IgnoreSignature)
        {
            return null;
        }

        if (_ignored.Covers(signature))
        {
            return new Diagnostic(
                CompileCodes.Ignored, DiagnosticSeverity.Skipped, $"An ignore list of the set names {PlainText.Of(signature.Name)}.", file, signature.Line, 0);
        }

        if (_inTrial++ % TrialSignatures == 0)
        {
            _trial = new ImageBuilder();
        }

        try
        {
            _trial.Add(signature, 0, isOfficial: false);
            return null;
        }
        catch (PatternTooWideException e)
        {
            return new Diagnostic(
                CompileCodes.PatternTooWide, DiagnosticSeverity.Skipped, $"The signature is left out: {e.Message}.", file, signature.Line, 0);
        }
    }

    private SignatureFile FileOf(string path) => new(Path.GetFileName(path), _package, IsOfficial: false)
    {
        Unwanted = _unwanted,
        TellsSkippedLines = true,
    };

    // Stands in findings of nobody: a file that is looked at belongs to no package.
    private static readonly PackageId _package = new(PackageId.LocalName, new DefinitionsVersion(new DateOnly(2000, 1, 1), 1));

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
}

/// <summary>What became of the lines of one file.</summary>
/// <param name="Lines">All of them, comments included.</param>
/// <param name="Loaded">Signatures that load when no line of the set is malformed, or malformed lines are left out.</param>
/// <param name="Skipped">Left out without harm.</param>
/// <param name="Errors">Malformed.</param>
public readonly record struct LintCounts(long Lines, long Loaded, long Skipped, long Warnings, long Errors)
{
    public static LintCounts operator +(LintCounts left, LintCounts right) => new(
        left.Lines + right.Lines, left.Loaded + right.Loaded, left.Skipped + right.Skipped,
        left.Warnings + right.Warnings, left.Errors + right.Errors);

    /// <summary>For languages without operators.</summary>
    public static LintCounts Add(LintCounts left, LintCounts right) => left + right;
}
