using Definitions.Formats.ClamAv;
using Definitions.Formats.Yara;

namespace Definitions.Signatures;

/// <summary>Picks the format by the file name's extension and streams what it finds. Never throws for content.</summary>
public static class SignatureParser
{
    /// <summary>True when a file with this name is read; others are no signature files.</summary>
    public static bool IsSignatureFile(string fileName) =>
        SignatureFormats.OfLines(fileName) is not null || SignatureFormats.Inert(fileName) is not null
        || YaraFile.IsRuleFile(fileName);

    /// <summary>True for ignore lists, which name signatures of other files and so have to be read first.</summary>
    public static bool IsIgnoreList(string fileName) => SignatureFormats.IsIgnoreList(fileName);

    /// <summary>True for sets of potentially unwanted programs, which load only when <see cref="SignatureFile.Unwanted"/> says so.</summary>
    public static bool IsUnwantedSet(string fileName) => SignatureFormats.IsUnwantedSet(fileName);

    /// <summary>
    /// Reads the stream line by line in bounded memory. Signatures outside the engine's functionality level are
    /// skipped silently; malformed lines are reported as <see cref="DiagnosticSeverity.Error"/> and parsing goes on.
    /// </summary>
    /// <param name="computeLineMd5">True: <see cref="Signature.SourceMd5"/> is set; ask for it only when
    /// <see cref="IgnoreList.NeedsSourceMd5"/> says so.</param>
    public static SignatureParseSummary Parse(
        Stream content,
        SignatureFile file,
        Action<Signature> accept,
        Action<Diagnostic> report,
        bool computeLineMd5 = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        var lines = new LineReport(file, report, computeLineMd5);
        if (SignatureFormats.IsUnwantedSet(file.Name))
        {
            if (!file.Unwanted.IsLoaded)
            {
                lines.FileSkipped(SignatureCodes.PotentiallyUnwantedSet,
                    "Sets of potentially unwanted programs (.hdu .hsu .mdu .msu .ndu .ldu) are not loaded.");
                return new SignatureParseSummary(0, 1, 0);
            }
        }
        else if (SignatureFormats.Inert(file.Name) is { } inert)
        {
            lines.FileSkipped(inert.Code, inert.Message);
            return new SignatureParseSummary(0, 1, 0);
        }

        if (YaraFile.IsRuleFile(file.Name))
        {
            return YaraFile.Parse(content, file, accept, lines);
        }

        if (SignatureFormats.OfLines(file.Name) is not { } format)
        {
            lines.FileSkipped(SignatureCodes.UnknownFormat, "No signature format that is read here has this extension.");
            return new SignatureParseSummary(0, 1, 0);
        }

        return ParseLines(new SignatureLineReader(content, format.MaxLineBytes), format, lines, accept, SignatureFormats.IsUnwantedSet(file.Name) ? file.Unwanted : null);
    }

    /// <summary>True for a file of lines that loads: it may be cut into blocks.</summary>
    public static bool HasBlocks(SignatureFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return SignatureFormats.OfLines(file.Name) is not null && (file.Unwanted.IsLoaded || !SignatureFormats.IsUnwantedSet(file.Name));
    }

    /// <summary>
    /// Reads one block of a file. All blocks in order, then <see cref="FinishBlocks"/>, come to the same as
    /// <see cref="Parse"/>. Blocks may be read at the same time.
    /// </summary>
    /// <param name="file">One that <see cref="HasBlocks"/>.</param>
    /// <param name="computeLineMd5">As in <see cref="Parse"/>.</param>
    public static SignatureParseSummary ParseBlock(
        SignatureBlock block, SignatureFile file, SignatureReceiver receiver, bool computeLineMd5 = false)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(receiver);
        var format = SignatureFormats.OfLines(file.Name)
            ?? throw new ArgumentException("No file of lines has this name.", nameof(file));
        var report = new LineReport(file, receiver.Report, computeLineMd5) { Line = block.LinesBefore };
        var unwanted = SignatureFormats.IsUnwantedSet(file.Name) ? file.Unwanted : null;
        var digests = unwanted is null ? format.Digests : null;
        var counts = new long[3];
        Action<Signature> accept = receiver.Accept;
        Span<byte> value = stackalloc byte[32];
        for (var rest = block.Bytes; !rest.IsEmpty;)
        {
            var length = rest.IndexOf((byte)'\n') + 1;
            length = length == 0 ? rest.Length : length;
            var line = rest[..length].TrimEnd("\r\n"u8);
            rest = rest[length..];
            report.Line++;
            if (digests is { } purpose && length <= format.MaxLineBytes
                && HashLineScanner.TryRead(line, purpose, value, out var entry) && receiver.TryAccept(entry))
            {
                counts[(int)LineOutcome.Accepted]++;
            }
            else if (ReadLine(length > format.MaxLineBytes ? LineStatus.TooLong : LineStatus.Line, line, format, report, accept, unwanted) is { } outcome)
            {
                counts[(int)outcome]++;
            }
        }

        return Summary(counts, report.Line - block.LinesBefore);
    }

    /// <summary>What can be said of a file only when all of its blocks have been read.</summary>
    /// <param name="total">The sums over the blocks.</param>
    public static SignatureParseSummary FinishBlocks(SignatureFile file, SignatureParseSummary total, Action<Diagnostic> report)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(total);
        var format = SignatureFormats.OfLines(file.Name)
            ?? throw new ArgumentException("No file of lines has this name.", nameof(file));
        return Finish(format, total, new LineReport(file, report, computeLineMd5: false));
    }

    private static SignatureParseSummary ParseLines(
        SignatureLineReader reader, SignatureLineFormat format, LineReport report, Action<Signature> accept, UnwantedPolicy? unwanted)
    {
        var counts = new long[3];
        if (report.IsPacked(reader.Peek(PackedContent.MaxMagicBytes)))
        {
            return new SignatureParseSummary(0, 0, 1);
        }

        LineStatus status;
        while ((status = reader.Read(out var line)) != LineStatus.End)
        {
            report.Line++;
            var outcome = ReadLine(status, line, format, report, accept, unwanted);
            if (outcome is { } counted)
            {
                counts[(int)counted]++;
            }
        }

        return Finish(format, Summary(counts, report.Line), report);
    }

    private static SignatureParseSummary Summary(long[] counts, int lines) => new(
        counts[(int)LineOutcome.Accepted], counts[(int)LineOutcome.Skipped], counts[(int)LineOutcome.Malformed])
    {
        Lines = lines,
    };

    private static SignatureParseSummary Finish(SignatureLineFormat format, SignatureParseSummary total, LineReport report)
    {
        if (total.Lines == 0 && !format.AllowsEmptyFile)
        {
            report.FileError(SignatureCodes.EmptyFile, "The file is empty; at least one line, if only a comment, is needed.");
            total = total with { Errors = total.Errors + 1 };
        }

        if (format.UnmatchedNote is { } note && total.Signatures > 0)
        {
            report.FileWarning(SignatureCodes.NotMatched, $"{total.Signatures} {note}");
        }

        return total;
    }

    /// <summary>Null for a comment.</summary>
    private static LineOutcome? ReadLine(
        LineStatus status, ReadOnlySpan<byte> line, SignatureLineFormat format, LineReport report, Action<Signature> accept,
        UnwantedPolicy? unwanted)
    {
        if (status == LineStatus.TooLong)
        {
            return report.Error(SignatureCodes.LineTooLong, 0,
                $"The line is longer than {format.MaxLineBytes} bytes, its line end included.");
        }

        if (line.IsEmpty)
        {
            return format.AllowsBlankLines ? null : report.Error(SignatureCodes.BlankLine, 0, "Blank lines are not allowed; a comment starts with #.");
        }

        if (line[0] == '#')
        {
            return null;
        }

        var nul = line.IndexOf((byte)0);
        if (nul >= 0)
        {
            return report.Error(SignatureCodes.NulByte, nul + 1, "The line holds a NUL byte: this is no text file.");
        }

        var outcome = format.Read(line, report, out var signature);
        if (signature is not null && unwanted?.Accepts(signature.Name) == false)
        {
            return report.SkipSilently(SignatureCodes.UnwantedCategory, 0, $"{signature.Name} is of a category that is not loaded.");
        }

        if (signature is not null)
        {
            accept(signature);
        }

        return outcome;
    }
}

/// <summary>Counts of one parsed file.</summary>
/// <param name="Signatures">Lines accepted (skipped ones excluded).</param>
/// <param name="Skipped">
/// Lines outside the functionality level or of a target this engine does not have; a file that is skipped as a whole is one.
/// </param>
/// <param name="Errors">Malformed lines.</param>
public sealed record SignatureParseSummary(long Signatures, long Skipped, long Errors)
{
    /// <summary>Lines read, comments and blank ones included.</summary>
    public long Lines { get; init; }

    public static SignatureParseSummary operator +(SignatureParseSummary left, SignatureParseSummary right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Signatures + right.Signatures, left.Skipped + right.Skipped, left.Errors + right.Errors)
        {
            Lines = left.Lines + right.Lines,
        };
    }

    /// <summary>For languages without operators.</summary>
    public static SignatureParseSummary Add(SignatureParseSummary left, SignatureParseSummary right) => left + right;
}
