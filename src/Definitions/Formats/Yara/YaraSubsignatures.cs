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
    /// <summary>A trigger that is true whatever is counted.</summary>
    private const string Always = "0>0|0<1";

    private static readonly NumberRange _anySize = new(0, long.MaxValue / 2);

    private readonly List<Subsignature> _all = [];
    private readonly Dictionary<(YaraString Text, SignatureOffset Offset), int> _ids = [];
    private readonly Dictionary<string, int> _formulas = new(StringComparer.Ordinal);
    private readonly Dictionary<YaraString, YaraException?> _faults = [];

    public IReadOnlyList<Subsignature> All => _all;

    /// <summary>
    /// The id of a string where a match may begin. One that cannot be searched for gets any id: <see cref="FaultOf"/> tells
    /// of it once the whole rule was read.
    /// </summary>
    /// <exception cref="YaraException">There are too many.</exception>
    public int Of(YaraString text, SignatureOffset offset)
    {
        if (_ids.TryGetValue((text, offset), out var id))
        {
            return id;
        }

        if (_faults.GetValueOrDefault(text) is null)
        {
            var trigger = text.IsRegex ? TriggerOf(text) : "";
            var (subsignature, fault) = Read(text, offset, trigger);
            _faults[text] = fault;
            id = subsignature is null ? StandIn(text.At) : Add(subsignature, text.At);
        }

        _ids.Add((text, offset), id);
        return id;
    }

    /// <summary>A match of the string begins at the place.</summary>
    public YaraTruth Holds(YaraString text, YaraPlace place, YaraToken at)
    {
        if (place.IsNowhere)
        {
            return YaraLogic.Constant(at, false);
        }

        var holds = YaraLogic.Holds(Of(text, place.Offset), at);
        if (place.WhenBelow == 0)
        {
            return holds;
        }

        var isShort = Add(new FileSizeSubsignature { Size = new NumberRange(0, place.WhenBelow - 1) }, at);
        return YaraLogic.Join(at, isAll: false,
        [
            holds,
            YaraLogic.Join(at, isAll: true, [YaraLogic.Holds(isShort, at), YaraLogic.Holds(Of(text, SignatureOffset.Anywhere), at)]),
        ]);
    }

    /// <summary>The id of a formula.</summary>
    /// <exception cref="YaraException">There are too many.</exception>
    public int Of(Formula formula, YaraToken at)
    {
        var text = formula.ToString();
        if (!_formulas.TryGetValue(text, out var id))
        {
            id = Add(new FormulaSubsignature { Formula = formula }, at);
            _formulas.Add(text, id);
        }

        return id;
    }

    /// <summary>Why a string cannot be searched for; null = it can. Strings that no condition asks for are looked at too.</summary>
    public YaraException? FaultOf(YaraString text)
    {
        if (!_faults.TryGetValue(text, out var fault))
        {
            fault = Read(text, SignatureOffset.Anywhere, text.IsRegex ? Always : "").Fault;
            _faults.Add(text, fault);
        }

        return text.Fault ?? fault;
    }

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

        var id = StandIn(text.At);
        return id == 0 ? Always : string.Create(CultureInfo.InvariantCulture, $"{id}>0|{id}<1");
    }

    /// <summary>There has to be one to stand on, which is no formula: that would ask for what stands on it.</summary>
    private int StandIn(YaraToken at) =>
        _all.FindIndex(known => known is not FormulaSubsignature) is var id and >= 0 ? id : Add(new FileSizeSubsignature { Size = _anySize }, at);

    private static string TextOf(SignatureOffset offset)
    {
        var from = offset.Base switch
        {
            OffsetBase.Start => "",
            OffsetBase.End => "EOF-",
            OffsetBase.EntryPoint => offset.Distance < 0 ? "EP-" : "EP+",
            _ => null,
        };
        return from is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{from}{Math.Abs(offset.Distance)},{offset.MaxShift}:");
    }

    private (Subsignature? Subsignature, YaraException? Fault) Read(YaraString text, SignatureOffset offset, string trigger)
    {
        var faults = new List<Diagnostic>();
        var body = Encoding.Latin1.GetBytes(TextOf(offset) + trigger + text.Body);
        var report = new LineReport(file, faults.Add, computeLineMd5: false) { Line = text.At.Line };
        var id = Math.Max(1, _all.Count);

        // Rules are for all objects; lines of signatures name places of executables for executables only.
        var reader = new SubsignatureReader(id, id, text.At.Column, offset.NeedsExecutable ? 1 : 0, report);
        if (reader.Read(body, out var subsignature) == LineOutcome.Accepted && subsignature is not null)
        {
            return (subsignature, null);
        }

        var found = faults.Find(finding => finding.Severity != DiagnosticSeverity.Warning);
        return (null, new YaraException(
            SignatureCodes.RuleString, text.At, $"The string {text.Id} cannot be searched for: {found?.Message}",
            text.IsHex ? YaraFault.HexString
            : text.IsRegex && found?.Severity == DiagnosticSeverity.Error ? YaraFault.Expression : YaraFault.String));
    }
}
