using Definitions.Formats.ClamAv;

namespace Definitions.Signatures;

/// <summary>
/// Tells a signature file from something else under its name: an error page, a note, a file of another kind. Nobody signs
/// custom files, so their bytes alone can say whether they are a version of that file.
/// </summary>
/// <param name="AreAny">
/// True: a line is well formed. Entries of lists count, and so do lines for other engines, and formats of which no line is read.
/// </param>
/// <param name="FirstFault">The first malformed line; null = there was none before the first that is well formed.</param>
public sealed record UsableLines(bool AreAny, Diagnostic? FirstFault)
{
    private const int BlockBytes = 256 * 1024;

    private static readonly PackageId _package = new(PackageId.LocalName, new DefinitionsVersion(new DateOnly(2000, 1, 1), 1));

    /// <summary>
    /// True: there is content, and none of it is of use. Comments and blank lines are no content.
    /// </summary>
    public bool IsAnotherFile => !AreAny && FirstFault is not null;

    /// <summary>Reads until the first block with a well-formed line; in memory of one block, a file of rules whole.</summary>
    /// <param name="fileName">Its extension picks the format.</param>
    /// <exception cref="IOException">The stream could not be read.</exception>
    public static UsableLines Of(Stream content, string fileName)
    {
        var file = new SignatureFile(fileName, _package, IsOfficial: false) { Unwanted = UnwantedPolicy.LoadAll };
        var faults = new Faults();
        if (!SignatureParser.HasBlocks(file))
        {
            return faults.Judge(SignatureParser.Parse(content, file, faults.Accept, faults.Report));
        }

        var reader = new SignatureBlockReader(content, BlockBytes);
        var lines = faults.Judge(new SignatureParseSummary(0, 0, 0));
        while (!lines.AreAny)
        {
            using var block = reader.Read();
            if (block is null)
            {
                break;
            }

            lines = faults.Judge(SignatureParser.ParseBlock(block, file, faults));
        }

        return lines;
    }

    private sealed class Faults : SignatureReceiver
    {
        private Diagnostic? _first;

        // Text that is no rule at all is skipped like a rule that is not supported; only the latter is a rule.
        private long _noRules;

        public override void Accept(Signature signature)
        {
            // Counted by the parser.
        }

        public override void Report(Diagnostic diagnostic)
        {
            _noRules += diagnostic.Code == SignatureCodes.RuleSyntax ? 1 : 0;
            if (diagnostic.Code == SignatureCodes.RuleSyntax
                || (diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Code is not (SignatureCodes.BlankLine or SignatureCodes.EmptyFile)))
            {
                _first ??= diagnostic;
            }
        }

        public override bool TryAccept(in HashEntry entry) => true;

        public UsableLines Judge(SignatureParseSummary summary) => new(summary.Signatures + summary.Skipped > _noRules, _first);
    }
}
