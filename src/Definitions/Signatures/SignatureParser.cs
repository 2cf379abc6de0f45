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
                return new SignatureParseSummary(0, 0, 0);
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
            return new SignatureParseSummary(0, 0, 0);
        }

        return ParseLines(new SignatureLineReader(content, format.MaxLineBytes), format, lines, accept, SignatureFormats.IsUnwantedSet(file.Name) ? file.Unwanted : null);
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

        if (report.Line == 0 && !format.AllowsEmptyFile)
        {
            report.FileError(SignatureCodes.EmptyFile, "The file is empty; at least one line, if only a comment, is needed.");
            counts[(int)LineOutcome.Malformed]++;
        }

        if (format.UnmatchedNote is { } note && counts[(int)LineOutcome.Accepted] > 0)
        {
            report.FileWarning(SignatureCodes.NotMatched, $"{counts[(int)LineOutcome.Accepted]} {note}");
        }

        return new SignatureParseSummary(
            counts[(int)LineOutcome.Accepted], counts[(int)LineOutcome.Skipped], counts[(int)LineOutcome.Malformed])
        {
            Lines = report.Line,
        };
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
/// <param name="Skipped">Lines outside the functionality level or of a target this engine does not have.</param>
/// <param name="Errors">Malformed lines.</param>
public sealed record SignatureParseSummary(long Signatures, long Skipped, long Errors)
{
    /// <summary>Lines read, comments and blank ones included.</summary>
    public long Lines { get; init; }
}
