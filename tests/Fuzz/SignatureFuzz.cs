using Definitions;
using Definitions.Signatures;

namespace Fuzz;

/// <summary>Signature text of every format. A plain test replays the seeds; afl++ explores through SharpFuzz.</summary>
public static class SignatureFuzz
{
    // The first byte of a seed is a place in this list: new names go to its end.
    private static readonly string[] _files =
    [
        "f.hdb", "f.hsb", "f.ndb", "f.fp", "f.sfp", "f.ign2", "f.ign", "f.hdu", "f.txt", "f.db", "f.cdb", "f.zmd", "f.pwdb",
        "f.idb", "f.crb", "f.cfg", "f.yar", "f.ldb", "f.ftm",
        "f.pdb", "f.wdb", "f.gdb", "f.mdb", "f.imp", "f.sdb", "f.rmd", "f.ndu", "f.ldu", "f.mdu",
    ];

    private static readonly PackageId _package = new("fuzz", DefinitionsVersion.Parse("20260101.001"));

    /// <summary>The file that a first byte stands for.</summary>
    internal static string FileOf(byte first) => _files[first % _files.Length];

    /// <summary>The first byte picks the format, the rest is the file.</summary>
    /// <exception cref="InvalidOperationException">The parser broke a promise of its own.</exception>
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        using var content = new MemoryStream(input[1..].ToArray());
        var accepted = 0L;
        var errors = 0L;
        var file = new SignatureFile(FileOf(input[0]), _package, IsOfficial: false) { TellsSkippedLines = true, Unwanted = UnwantedPolicy.LoadAll };
        var summary = SignatureParser.Parse(content, file, Accept, Report, computeLineMd5: true);
        Require(summary.Signatures == accepted && summary.Errors == errors, "the summary miscounts");

        void Accept(Signature signature)
        {
            accepted++;
            Require(signature.Name.Length > 0 && signature.Line > 0, "a signature without name or line");
            Require(signature is IgnoreSignature || signature.SourceMd5 is { Length: 16 }, "no MD5 of the line");
            Require(signature is not BodySignature { Pattern.Parts.Count: 0 }, "a pattern without parts");
        }

        void Report(Diagnostic diagnostic)
        {
            errors += diagnostic.Severity == DiagnosticSeverity.Error ? 1 : 0;
            Require(diagnostic.Column <= 32768 && diagnostic.Message.Length is > 0 and < 1000, "a finding out of range");
        }
    }

    private static void Require(bool holds, string promise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Signature parser: {promise}.");
        }
    }
}
