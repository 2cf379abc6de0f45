using System.Globalization;
using Definitions;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// One run of the compiler: ignore lists first, then every other file, streamed into an <see cref="ImageBuilder"/>. Files
/// are cut into blocks that all cores parse and encode; what they find is added in the order of the input.
/// </summary>
internal sealed class CompileRun
{
    /// <summary>What is parsed of a block lives until it is added, so a block is small: objects that outlive a collection cost most.</summary>
    private const int BlockBytes = 64 * 1024;

    private readonly CompileRequest _request;
    private readonly CompileScope _scope;
    private readonly ImageBuilder _builder;
    private readonly IgnoreList _ignored = new();
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<LeftOutLines> _leftOut = [];
    private readonly SortedDictionary<string, long> _signatures = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _accepted = new(StringComparer.Ordinal);
    private long _lines;
    private long _skipped;

    /// <param name="spill">The caller's.</param>
    public CompileRun(CompileRequest request, SpillFile spill, CancellationToken cancellationToken)
    {
        _request = request;
        _builder = new ImageBuilder(spill, request.Inputs.SelectMany(input => input.Files).Sum(SizeOf));
        _scope = new CompileScope(request.MaxCores ?? Environment.ProcessorCount, request.Progress, cancellationToken);
    }

    /// <summary>0 for what is no signature file, or not there: reading it will say so.</summary>
    private static long SizeOf(string path) =>
        SignatureParser.IsSignatureFile(path) && new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    public CompileReport Execute(string outputPath)
    {
        if (_request.Inputs.Count > ImageFormat.MaxPackages)
        {
            throw new RefusedException(
                RefusalReason.CompileFailed,
                $"An image holds at most {ImageFormat.MaxPackages} packages; there are {_request.Inputs.Count}.");
        }

        foreach (var input in _request.Inputs)
        {
            _builder.AddPackage(input.Package);
            _signatures.TryAdd(input.Package.Name, 0);
        }

        foreach (var entry in _request.IgnoredElsewhere)
        {
            _ignored.Add(entry);
        }

        var sources = CompileSource.Read(_request.Inputs, _scope);
        _scope.Begin(CompileStage.Parsing, sources.Sum(source => source.Length));
        foreach (var source in sources.Where(s => SignatureParser.IsIgnoreList(s.Name)))
        {
            AddIgnoreList(source);
        }

        Cores.InOrder(
            Pieces(sources.Where(s => !SignatureParser.IsIgnoreList(s.Name))),
            _scope, Parse, Add);
        var inputDigest = CompileSource.DigestOf(_request, sources);
        var (length, address) = _builder.Write(
            outputPath, new ImageStamp(_request.GenerationNumber, inputDigest, ImageBuilder.OptionsDigest), _scope);
        var anchors = _builder.Heat.Report();
        _diagnostics.AddRange(CompileCodes.AlwaysEvaluated(anchors));
        return new CompileReport
        {
            Anchors = anchors,
            InputDigest = inputDigest,
            ImageDigest = address,
            ImageBytes = length,
            Signatures = _signatures,
            AcceptedByExtension = _accepted,
            Lines = _lines,
            Skipped = _skipped,
            Diagnostics = _diagnostics,
            LeftOut = _leftOut,
        };
    }

    private void AddIgnoreList(CompileSource source)
    {
        var file = new FileState(source, FileOf(source));
        var entries = new List<IgnoreSignature>();
        ParseWhole(file, s => entries.Add((IgnoreSignature)s));
        Finish(file);
        foreach (var entry in entries)
        {
            _ignored.Add(entry);
            if (entry.LineMd5 is null)
            {
                _builder.AddIgnored(entry.Name);
            }
        }
    }

    /// <summary>Every block of every file, and behind the last of each a piece without one.</summary>
    private IEnumerable<Piece> Pieces(IEnumerable<CompileSource> sources)
    {
        foreach (var source in sources)
        {
            var file = new FileState(source, FileOf(source));
            if (file.HasBlocks)
            {
                using var content = source.Open();
                var reader = new SignatureBlockReader(content, BlockBytes);
                while (reader.Read() is { } block)
                {
                    yield return new Piece(file, block, null);
                }
            }

            yield return new Piece(file, null, null);
        }
    }

    private Piece Parse(Piece piece)
    {
        if (piece.Block is not { } block)
        {
            return piece;
        }

        var parsed = new CompileBlock(piece.File.Source.Name, _ignored);
        parsed.Parse(block, piece.File.File);
        return piece with { Parsed = parsed };
    }

    private void Add(Piece piece)
    {
        if (piece.Parsed is { } parsed)
        {
            AddBlock(piece.File, parsed);
            _scope.Advance(piece.Block!.Length);
            return;
        }

        if (piece.File.HasBlocks)
        {
            piece.File.Summary = SignatureParser.FinishBlocks(piece.File.File, piece.File.Summary, piece.File.Findings.Add);
        }
        else
        {
            ParseWhole(piece.File, signature => Add(signature, piece.File));
        }

        Finish(piece.File);
        ReportDormant(piece.File.Source.Name, piece.File);
        _signatures[piece.File.Source.Input.Package.Name] += piece.File.Reportable;
    }

    private void AddBlock(FileState file, CompileBlock parsed)
    {
        var at = 0;
        foreach (var item in parsed.Items)
        {
            if (item.Signature is { } signature)
            {
                Count(signature.Signature, _builder.Add(signature, file.Source.Package, file.Source.Input.IsOfficial), file);
            }
            else if (item.Finding is { } finding)
            {
                file.Findings.Add(finding);
            }

            for (var i = 0; i < item.Digests; i++)
            {
                var added = _builder.Add(parsed.Digests.Read(ref at), file.Source.Package, file.Source.Input.IsOfficial);
                file.Reportable += added == AddedAs.Reportable ? 1 : 0;
            }
        }

        parsed.Digests.Return();
        file.Summary += parsed.Summary;
    }

    /// <summary>Reads a file in one go: ignore lists, rules, and what holds nothing to load.</summary>
    private void ParseWhole(FileState file, Action<Signature> accept)
    {
        using var content = file.Source.Open();
        file.Summary = SignatureParser.Parse(content, file.File, Accept, file.Findings.Add, _ignored.NeedsSourceMd5);
        _scope.Advance(file.Source.Length);

        void Accept(Signature signature)
        {
            _scope.CancellationToken.ThrowIfCancellationRequested();
            accept(signature);
        }
    }

    /// <summary>
    /// Reports and counts. One malformed line refuses the set of a strict input; a lenient one loses the line.
    /// </summary>
    private void Finish(FileState file)
    {
        var (source, findings) = (file.Source, file.Findings);
        if (findings.FirstError is { } error)
        {
            if (!source.Input.IsLenient)
            {
                throw new RefusedException(RefusalReason.SignatureMalformed, Refusal(source, error, findings.Errors));
            }

            findings.AddForFile(CompileCodes.LinesDropped, string.Create(
                CultureInfo.InvariantCulture,
                $"{findings.Errors} malformed {(findings.Errors == 1 ? "line is" : "lines are")} left out; {file.Summary.Signatures} signatures load."));
        }

        var key = $"{source.Input.Package.Name}/{source.Extension}";
        _accepted[key] = _accepted.GetValueOrDefault(key) + file.Summary.Signatures;
        _lines += file.Summary.Lines;
        _skipped += file.Summary.Skipped;
        _diagnostics.AddRange(findings.Finish());
        if (findings.LeftOut is { } leftOut)
        {
            _leftOut.Add(leftOut);
        }
    }

    private static string Refusal(CompileSource source, Diagnostic error, long errors)
    {
        var others = errors > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({errors - 1} more malformed lines)") : "";

        // An operator's own file is found by its name; nobody knows it as a package.
        var package = source.Input.Package.Name == PackageId.LocalName ? "" : $"Package {source.Input.Package}: ";
        return $"{package}{error}{others}{(error.Hint is { } hint ? " " + hint : "")}";
    }

    private void Add(Signature signature, FileState file)
    {
        if (_ignored.Covers(signature))
        {
            return;
        }

        try
        {
            Count(signature, _builder.Add(signature, file.Source.Package, file.Source.Input.IsOfficial), file);
        }
        catch (PatternTooWideException e)
        {
            file.Findings.Add(CompileCodes.TooWide(e, file.Source.Name, signature.Line));
        }
    }

    private void Count(Signature signature, AddedAs added, FileState file)
    {
        file.Count(signature, added);
        if (UnopenedContainers.Find(signature, file.Source.Name) is { } unopened)
        {
            file.Findings.Add(unopened);
        }

        if (_builder.Heat.HotLast is { } hot)
        {
            file.Findings.Add(CompileCodes.Common(hot.Window, hot.Hits, file.Source.Name, signature.Line));
        }
    }

    private void ReportDormant(string file, FileState counts)
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
        new(source.Name, source.Input.Package, source.Input.IsOfficial) { Unwanted = _request.Unwanted };

    /// <summary>A block, before and after it is parsed, or the end of its file.</summary>
    private sealed record Piece(FileState File, SignatureBlock? Block, CompileBlock? Parsed);

    /// <summary>What is known of a file so far.</summary>
    private sealed class FileState(CompileSource source, SignatureFile file)
    {
        public CompileSource Source { get; } = source;

        public SignatureFile File { get; } = file;

        /// <summary>What is no text is told once, as a whole, and not line by line.</summary>
        public bool HasBlocks { get; } = SignatureParser.HasBlocks(file) && !source.IsPacked();

        public FileFindings Findings { get; } = new(source.Name);

        public SignatureParseSummary Summary { get; set; } = new(0, 0, 0);

        public long Reportable { get; set; }

        public long InMacroGroups { get; private set; }

        public void Count(Signature signature, AddedAs added)
        {
            Reportable += added == AddedAs.Reportable ? 1 : 0;
            InMacroGroups += added == AddedAs.Dormant && signature is BodySignature { Offset.Base: OffsetBase.MacroGroup } ? 1 : 0;
        }
    }
}
