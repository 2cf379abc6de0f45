using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Where a string is looked for, and of files of which size.</summary>
/// <param name="Offset">Where a match begins.</param>
/// <param name="WhenBelow">
/// A range that begins this far before the end of the file reaches over the start of shorter ones: there a match may begin
/// anywhere. 0 = nothing of that kind.
/// </param>
/// <param name="IsNowhere">True: no match can begin there.</param>
internal readonly record struct YaraPlace(SignatureOffset Offset, long WhenBelow = 0, bool IsNowhere = false)
{
    /// <summary>Shifts of offsets are no longer; no file that is scanned is.</summary>
    private const long MaxShift = uint.MaxValue / 4;

    private static readonly YaraPlace _nowhere = new(SignatureOffset.Anywhere, IsNowhere: true);

    /// <summary>The ends of a range in which no offset can count matches; one object for both of a single place.</summary>
    public YaraValue? Low { get; init; }

    public YaraValue? High { get; init; }

    /// <summary>True for a place that is found while scanning.</summary>
    public bool IsFound => Low is not null && WhenBelow == 0;

    public static YaraPlace Anywhere => new(SignatureOffset.Anywhere);

    /// <summary>A match may begin at any of these bytes.</summary>
    public static YaraPlace Between(long low, long high) =>
        high < low || high < 0 ? _nowhere
        : new YaraPlace(new SignatureOffset(OffsetBase.Start, Math.Max(0, low), Math.Min(high - Math.Max(0, low), MaxShift)));

    /// <summary><c>at n</c>, <c>at filesize - n</c>, <c>at entrypoint + n</c>, or what is found while scanning.</summary>
    public static YaraPlace At(YaraValue place) => place switch
    {
        YaraNumber { Number: >= 0 } number => Between(number.Number, number.Number),
        YaraNumber => _nowhere,
        YaraFileSize { Plus: >= 0 } => _nowhere,
        YaraFileSize size => new YaraPlace(new SignatureOffset(OffsetBase.End, -size.Plus)),
        YaraEntryPoint entry => new YaraPlace(new SignatureOffset(OffsetBase.EntryPoint, entry.Plus)),
        _ => new YaraPlace(SignatureOffset.Anywhere) { Low = place, High = place },
    };

    /// <summary><c>in (low..high)</c>; both ends count.</summary>
    public static YaraPlace In(YaraValue low, YaraValue high) => (low, high) switch
    {
        (YaraNumber a, YaraNumber b) => Between(a.Number, b.Number),

        // The last byte of a file is the last place of all.
        (YaraNumber { Number: <= 0 }, YaraFileSize { Plus: >= -1 }) => Anywhere,
        (YaraNumber a, YaraFileSize { Plus: >= -1 }) => new YaraPlace(new SignatureOffset(OffsetBase.Start, a.Number, MaxShift)),
        (YaraFileSize { Plus: >= 0 }, YaraFileSize) => _nowhere,
        (YaraFileSize a, YaraFileSize { Plus: >= -1 } b) => new YaraPlace(
            new SignatureOffset(OffsetBase.End, -a.Plus, Math.Min(-a.Plus + Math.Max(0, b.Plus), MaxShift)), WhenBelow: -a.Plus)
        {
            Low = low,
            High = high,
        },
        (YaraEntryPoint a, YaraEntryPoint b) when b.Plus < a.Plus => _nowhere,
        (YaraEntryPoint { Plus: >= 0 } a, YaraEntryPoint b) => new YaraPlace(
            new SignatureOffset(OffsetBase.EntryPoint, a.Plus, Math.Min(b.Plus - a.Plus, MaxShift))),
        _ => new YaraPlace(SignatureOffset.Anywhere) { Low = low, High = high },
    };
}
