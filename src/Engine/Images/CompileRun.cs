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

        var inputDigest = CompileSource.DigestOf(request.Inputs, sources);
        var (length, digest) = _builder.Write(
            outputPath, request.GenerationNumber, inputDigest, request.BuildTime, cancellationToken);
        return new CompileReport
        {
            InputDigest = inputDigest,
            ImageDigest = digest,
            ImageBytes = length,
            Signatures = _signatures,
            AcceptedByExtension = _accepted,
            Diagnostics = _diagnostics,
        };
    }

    private void AddIgnoreList(CompileSource source)
    {
        var entries = new List<IgnoreSignature>();
        if (TryParse(source, new FileFindings(source.Name), s => entries.Add((IgnoreSignature)s)))
        {
            entries.ForEach(_ignored.Add);
        }
    }

    private void AddSignatures(CompileSource source)
    {
        // A lenient file is dropped as a whole when a line is malformed: look first, then add.
        if (source.Input.IsLenient && !IsWellFormed(source))
        {
            return;
        }

        var findings = new FileFindings(source.Name);
        var counts = new FileCounts();
        if (TryParse(source, findings, signature => Add(signature, source, findings, counts)))
        {
            ReportDormant(source.Name, counts);
            _signatures[source.Input.Package.Name] += counts.Reportable;
        }
    }

    private bool IsWellFormed(CompileSource source)
    {
        var findings = new FileFindings(source.Name);
        using var content = source.Open();
        SignatureParser.Parse(content, FileOf(source), _ => cancellationToken.ThrowIfCancellationRequested(), findings.Add);
        return findings.Errors == 0 || Drop(findings);
    }

    /// <summary>Parses, reports and counts; false when the file was dropped.</summary>
    private bool TryParse(CompileSource source, FileFindings findings, Action<Signature> accept)
    {
        using var content = source.Open();
        var summary = SignatureParser.Parse(content, FileOf(source), Accept, findings.Add, _needsLineMd5);
        if (findings.FirstError is { } error)
        {
            // Other lenient files were looked at before: malformed now means changed meanwhile, and half of it is added.
            if (source.Input.IsLenient && SignatureParser.IsIgnoreList(source.Name))
            {
                return Drop(findings);
            }

            var others = findings.Errors > 1
                ? string.Create(CultureInfo.InvariantCulture, $" ({findings.Errors - 1} more malformed lines)")
                : "";

            // An operator's own file is found by its name; nobody knows it as a package.
            var package = source.Input.Package.Name == PackageId.LocalName ? "" : $"Package {source.Input.Package}: ";
            throw new RefusedException(RefusalReason.SignatureMalformed, $"{package}{error}{others}");
        }

        var key = $"{source.Input.Package.Name}/{source.Extension}";
        _accepted[key] = _accepted.GetValueOrDefault(key) + summary.Signatures;
        _diagnostics.AddRange(findings.Finish());
        return true;

        void Accept(Signature signature)
        {
            cancellationToken.ThrowIfCancellationRequested();
            accept(signature);
        }
    }

    private bool Drop(FileFindings findings)
    {
        findings.AddForFile(CompileCodes.FileDropped, string.Create(
            CultureInfo.InvariantCulture, $"The file is left out: {findings.Errors} of its lines are malformed."));
        _diagnostics.AddRange(findings.Finish());
        return false;
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
        if (counts.NeedExecutable > 0)
        {
            _diagnostics.Add(new Diagnostic(
                CompileCodes.NeedsExecutable,
                DiagnosticSeverity.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{counts.NeedExecutable} signatures at EP, section or VI offsets are stored but not matched yet."),
                file, 0, 0));
        }

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

    private static SignatureFile FileOf(CompileSource source) =>
        new(source.Name, source.Input.Package, source.Input.IsOfficial);

    private sealed class FileCounts
    {
        public long Reportable { get; set; }

        public long NeedExecutable { get; private set; }

        public long InMacroGroups { get; private set; }

        public void AddDormant(SignatureOffset offset)
        {
            NeedExecutable += offset.NeedsExecutable ? 1 : 0;
            InMacroGroups += offset.Base == OffsetBase.MacroGroup ? 1 : 0;
        }
    }
}
