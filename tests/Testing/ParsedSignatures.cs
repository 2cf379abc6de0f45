using System.Text;
using Definitions;
using Definitions.Signatures;

namespace Testing;

/// <summary>Everything the parser said about a piece of signature text.</summary>
public sealed class ParsedSignatures
{
    private ParsedSignatures(IReadOnlyList<Signature> signatures, IReadOnlyList<Diagnostic> diagnostics, SignatureParseSummary summary)
    {
        Signatures = signatures;
        Diagnostics = diagnostics;
        Summary = summary;
    }

    public static PackageId Package { get; } = new("tests", DefinitionsVersion.Parse("20260101.001"));

    public IReadOnlyList<Signature> Signatures { get; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    public SignatureParseSummary Summary { get; }

    public bool IsMalformed => Summary.Errors > 0;

    /// <param name="text">One byte a character.</param>
    public static ParsedSignatures Of(string fileName, string text, bool computeLineMd5 = false) =>
        Of(fileName, Encoding.Latin1.GetBytes(text), computeLineMd5);

    public static ParsedSignatures Of(string fileName, byte[] content, bool computeLineMd5 = false) =>
        Of(new SignatureFile(fileName, Package, IsOfficial: false), content, computeLineMd5);

    public static ParsedSignatures Of(SignatureFile file, byte[] content, bool computeLineMd5 = false)
    {
        var signatures = new List<Signature>();
        var diagnostics = new List<Diagnostic>();
        using var stream = new MemoryStream(content);
        var summary = SignatureParser.Parse(stream, file, signatures.Add, diagnostics.Add, computeLineMd5);
        return new ParsedSignatures(signatures, diagnostics, summary);
    }

    /// <summary>The pattern of hex signature text, parsed for a target without special rules.</summary>
    /// <exception cref="ArgumentException">The text is malformed.</exception>
    public static HexPattern Pattern(string hex) => Body($"T:2:*:{hex}").Pattern;

    /// <exception cref="ArgumentException">The line is malformed or skipped.</exception>
    public static BodySignature Body(string line)
    {
        var parsed = Of("t.ndb", line);
        return parsed.Signatures is [BodySignature body]
            ? body
            : throw new ArgumentException($"'{line}': {string.Join("; ", parsed.Diagnostics)}", nameof(line));
    }
}
