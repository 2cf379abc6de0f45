using Definitions.Formats.ClamAv;

namespace Definitions.Signatures;

/// <summary>Picks the format by the file name's extension and streams what it finds. Never throws for content.</summary>
public static class SignatureParser
{
    private static readonly HashLine _detect = new(HashPurpose.Detect);
    private static readonly HashLine _allow = new(HashPurpose.Allow);
    private static readonly BodyLine _body = new();
    private static readonly IgnoreLine _ignore = new();
    private static readonly FileTypeLine _fileTypes = new();
    private static readonly PhishingLine _protectedDomains =
        new('R', PhishingRuleKind.ProtectedPattern, 'H', PhishingRuleKind.ProtectedHost);

    private static readonly PhishingLine _allowedDomains =
        new('X', PhishingRuleKind.AllowedPattern, 'M', PhishingRuleKind.AllowedHosts);

    private static readonly AddressLine _addresses = new();

    /// <summary>True when a file with this name is read; others are no signature files.</summary>
    public static bool IsSignatureFile(string fileName) => IsPotentiallyUnwanted(fileName) || FormatOf(fileName) is not null;

    /// <summary>True for ignore lists, which name signatures of other files and so have to be read first.</summary>
    public static bool IsIgnoreList(string fileName) => FormatOf(fileName) == _ignore;

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
        var lines = new LineReport(file.Name, report, computeLineMd5);
        if (IsPotentiallyUnwanted(file.Name))
        {
            lines.FileSkipped(SignatureCodes.PotentiallyUnwantedSet,
                "Sets of potentially unwanted programs (.hdu .hsu .ndu) are not loaded.");
            return new SignatureParseSummary(0, 0, 0);
        }

        if (FormatOf(file.Name) is not { } format)
        {
            lines.FileSkipped(SignatureCodes.UnknownFormat,
                "No signature format that is read here has this extension: .hdb .hsb .ndb .fp .sfp .ign2 .ign .ftm .pdb .wdb .gdb.");
            return new SignatureParseSummary(0, 0, 0);
        }

        return ParseLines(new SignatureLineReader(content), format, lines, accept);
    }

    private static SignatureParseSummary ParseLines(
        SignatureLineReader reader, SignatureLineFormat format, LineReport report, Action<Signature> accept)
    {
        var counts = new long[3];
        LineStatus status;
        while ((status = reader.Read(out var line)) != LineStatus.End)
        {
            report.Line++;
            var outcome = ReadLine(status, line, format, report, accept);
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

        return new SignatureParseSummary(
            counts[(int)LineOutcome.Accepted], counts[(int)LineOutcome.Skipped], counts[(int)LineOutcome.Malformed]);
    }

    /// <summary>Null for a comment.</summary>
    private static LineOutcome? ReadLine(
        LineStatus status, ReadOnlySpan<byte> line, SignatureLineFormat format, LineReport report, Action<Signature> accept)
    {
        if (status == LineStatus.TooLong)
        {
            return report.Error(SignatureCodes.LineTooLong, 0,
                $"The line is longer than {SignatureLineReader.MaxLineBytes} bytes, its line end included.");
        }

        if (line.IsEmpty && format.AllowsBlankLines)
        {
            return null;
        }

        if (line.IsEmpty)
        {
            return report.Error(SignatureCodes.BlankLine, 0, "Blank lines are not allowed; a comment starts with #.");
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
        if (signature is not null)
        {
            accept(signature);
        }

        return outcome;
    }

    private static SignatureLineFormat? FormatOf(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() switch
        {
            ".hdb" or ".hsb" => _detect,
            ".fp" or ".sfp" => _allow,
            ".ndb" => _body,
            ".ign2" or ".ign" => _ignore,
            ".ftm" => _fileTypes,
            ".pdb" => _protectedDomains,
            ".wdb" => _allowedDomains,
            ".gdb" => _addresses,
            _ => null,
        };

    private static bool IsPotentiallyUnwanted(string fileName) =>
        Path.GetExtension(fileName).ToLowerInvariant() is ".hdu" or ".hsu" or ".ndu";
}

/// <summary>Counts of one parsed file.</summary>
/// <param name="Signatures">Lines accepted (skipped ones excluded).</param>
/// <param name="Skipped">Lines outside the functionality level or of a target this engine does not have.</param>
/// <param name="Errors">Malformed lines.</param>
public sealed record SignatureParseSummary(long Signatures, long Skipped, long Errors);
