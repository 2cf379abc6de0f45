using System.Globalization;
using Definitions;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>One run of the compiler: ignore lists first, then every other file, streamed into an <see cref="ImageBuilder"/>.</summary>
internal sealed class CompileRun(CompileRequest request, CancellationToken cancellationToken)
{
    private readonly ImageBuilder _builder = new();
    private readonly IgnoreList _ignored = new();
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly SortedDictionary<string, long> _signatures = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _accepted = new(StringComparer.Ordinal);
    private bool _needsLineMd5;
    private long _lines;

    public CompileReport Execute(string outputPath)
    {
        if (request.Inputs.Count > ImageFormat.MaxPackages)
        {
            throw new RefusedException(
                RefusalReason.CompileFailed,
                $"An image holds at most {ImageFormat.MaxPackages} packages; there are {request.Inputs.Count}.");
        }

        foreach (var input in request.Inputs)
        {
            _builder.AddPackage(input.Package);
            _signatures.TryAdd(input.Package.Name, 0);
        }

        var sources = CompileSource.Read(request.Inputs, cancellationToken);
        foreach (var source in sources.Where(s => SignatureParser.IsIgnoreList(s.Name)))
        {
            AddIgnoreList(source);
        }

        _needsLineMd5 = _ignored.NeedsSourceMd5;
        foreach (var source in sources.Where(s => !SignatureParser.IsIgnoreList(s.Name)))
        {
            AddSignatures(source);
        }

        var inputDigest = CompileSource.DigestOf(request, sources);
        var (length, digest) = _builder.Write(
            outputPath, request.GenerationNumber, inputDigest, request.BuildTime, cancellationToken);
        return new CompileReport
        {
            InputDigest = inputDigest,
            ImageDigest = digest,
            ImageBytes = length,
            Signatures = _signatures,
            AcceptedByExtension = _accepted,
            Lines = _lines,
            Diagnostics = _diagnostics,
        };
    }

    private void AddIgnoreList(CompileSource source)
    {
        var entries = new List<IgnoreSignature>();
        Parse(source, new FileFindings(source.Name), s => entries.Add((IgnoreSignature)s));
        entries.ForEach(_ignored.Add);
    }

    private void AddSignatures(CompileSource source)
    {
        var findings = new FileFindings(source.Name);
        var counts = new FileCounts();
        Parse(source, findings, signature => Add(signature, source, findings, counts));
        ReportDormant(source.Name, counts);
        _signatures[source.Input.Package.Name] += counts.Reportable;
    }

    /// <summary>
    /// Parses, reports and counts. One malformed line refuses the set of a strict input; a lenient one loses the line.
    /// </summary>
    private void Parse(CompileSource source, FileFindings findings, Action<Signature> accept)
    {
        using var content = source.Open();
        var summary = SignatureParser.Parse(content, FileOf(source), Accept, findings.Add, _needsLineMd5);
        if (findings.FirstError is { } error)
        {
            if (!source.Input.IsLenient)
            {
                throw new RefusedException(RefusalReason.SignatureMalformed, Refusal(source, error, findings.Errors));
            }

            findings.AddForFile(CompileCodes.LinesDropped, string.Create(
                CultureInfo.InvariantCulture,
                $"{findings.Errors} malformed {(findings.Errors == 1 ? "line is" : "lines are")} left out; {summary.Signatures} signatures load."));
        }

        var key = $"{source.Input.Package.Name}/{source.Extension}";
        _accepted[key] = _accepted.GetValueOrDefault(key) + summary.Signatures;
        _lines += summary.Lines;
        _diagnostics.AddRange(findings.Finish());

        void Accept(Signature signature)
        {
            cancellationToken.ThrowIfCancellationRequested();
            accept(signature);
        }
    }

    private static string Refusal(CompileSource source, Diagnostic error, long errors)
    {
        var others = errors > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({errors - 1} more malformed lines)") : "";

        // An operator's own file is found by its name; nobody knows it as a package.
        var package = source.Input.Package.Name == PackageId.LocalName ? "" : $"Package {source.Input.Package}: ";
        return $"{package}{error}{others}{(error.Hint is { } hint ? " " + hint : "")}";
    }

    private void Add(Signature signature, CompileSource source, FileFindings findings, FileCounts counts)
    {
        if (_ignored.Covers(signature))
        {
            return;
        }

        try
        {
            var added = _builder.Add(signature, source.Package, source.Input.IsOfficial);
            counts.Reportable += added == AddedAs.Reportable ? 1 : 0;
            if (added == AddedAs.Dormant && signature is BodySignature body)
            {
                counts.AddDormant(body.Offset);
            }
        }
        catch (PatternTooWideException e)
        {
            findings.Add(new Diagnostic(
                CompileCodes.PatternTooWide, DiagnosticSeverity.Skipped, $"The signature is left out: {e.Message}.",
                source.Name, signature.Line, 0));
        }
    }

    private void ReportDormant(string file, FileCounts counts)
    {
        if (counts.InMacroGroups > 0)
        {
            _diagnostics.Add(new Diagnostic(
                CompileCodes.MacroGroup,
                DiagnosticSeverity.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{counts.InMacroGroups} members of macro groups are matched by macro subsignatures only."),
                file, 0, 0));
        }
    }

    private SignatureFile FileOf(CompileSource source) =>
        new(source.Name, source.Input.Package, source.Input.IsOfficial) { Unwanted = request.Unwanted };

    private sealed class FileCounts
    {
        public long Reportable { get; set; }

        public long InMacroGroups { get; private set; }

        public void AddDormant(SignatureOffset offset)
        {
            InMacroGroups += offset.Base == OffsetBase.MacroGroup ? 1 : 0;
        }
    }
}
