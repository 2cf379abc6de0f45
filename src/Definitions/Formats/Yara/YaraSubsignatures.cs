using System.Globalization;
using System.Text;
using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>
/// The subsignatures that a rule comes down to: a string at a place is one, each string and place once. Strings that
/// are looked for at two places are two.
/// </summary>
internal sealed class YaraSubsignatures(SignatureFile file)
{
    private readonly List<Subsignature> _all = [];
    private readonly Dictionary<(YaraString Text, SignatureOffset Offset), int> _ids = [];

    public IReadOnlyList<Subsignature> All => _all;

    /// <summary>The id of a string where a match may begin.</summary>
    /// <exception cref="YaraException">The string cannot be searched for, or there are too many.</exception>
    public int Of(YaraString text, SignatureOffset offset)
    {
        if (_ids.TryGetValue((text, offset), out var id))
        {
            return id;
        }

        var trigger = text.IsRegex ? TriggerOf(text) : "";
        id = Add(Read(text, offset, trigger), text.At);
        _ids.Add((text, offset), id);
        return id;
    }

    /// <summary>Where the string of a bare term may begin; null for a constant.</summary>
    public SignatureOffset? OffsetOf(YaraTruth term) => term.Expression is SubsignatureTerm { Id: var id }
        ? _ids.First(entry => entry.Value == id).Key.Offset
        : null;

    /// <summary>Adds one of the kinds that look at no string.</summary>
    public int Add(Subsignature subsignature, YaraToken at)
    {
        if (_all.Count == LogicalSignature.MaxSubsignatures)
        {
            throw new YaraException(SignatureCodes.RuleTooLarge, at,
                $"The rule needs more than {LogicalSignature.MaxSubsignatures} strings and places.");
        }

        _all.Add(subsignature);
        return _all.Count - 1;
    }

    /// <summary>What has to hold before an expression is tried: bytes that are in each of its matches, else nothing.</summary>
    private string TriggerOf(YaraString text)
    {
        var source = Encoding.Latin1.GetBytes(text.Body[1..text.Body.LastIndexOf('/')]);
        if (YaraLiteral.Find(source) is { } literal)
        {
            var body = new YaraString("$", text.At, Convert.ToHexStringLower(literal), IsRegex: false, IsHex: false);
            return string.Create(CultureInfo.InvariantCulture, $"{Of(body, SignatureOffset.Anywhere)}");
        }

        if (_all.Count == 0)
        {
            Add(new FileSizeSubsignature { Size = new NumberRange(0, long.MaxValue / 2) }, text.At);
        }

        // True whatever is counted.
        return "0>0|0<1";
    }

    private Subsignature Read(YaraString text, SignatureOffset offset, string trigger)
    {
        var faults = new List<Diagnostic>();
        var place = offset.Base == OffsetBase.Any ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{offset.Distance},{offset.MaxShift}:");
        var body = Encoding.Latin1.GetBytes(place + trigger + text.Body);
        var report = new LineReport(file, faults.Add, computeLineMd5: false) { Line = text.At.Line };
        var reader = new SubsignatureReader(_all.Count, _all.Count, text.At.Column, target: 0, report);
        if (reader.Read(body, out var subsignature) == LineOutcome.Accepted && subsignature is not null)
        {
            return subsignature;
        }

        var fault = faults.Find(found => found.Severity != DiagnosticSeverity.Warning);
        throw new YaraException(
            SignatureCodes.RuleString, text.At, $"The string {text.Id} cannot be searched for: {fault?.Message}", isMalformed: text.IsHex);
    }
}
