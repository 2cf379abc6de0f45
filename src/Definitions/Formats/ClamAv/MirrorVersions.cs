using System.Globalization;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// What a mirror operator's DNS TXT record says about current database versions (clamav-formats.md §2.4). A hint: it is
/// not signed, and nothing but the choice of what to ask for follows from it.
/// </summary>
public sealed class MirrorVersions
{
    /// <summary>A TXT record's first string has at most 255 bytes.</summary>
    public const int MaxBytes = 255;

    /// <summary>A record older than this is not believed; nor is one from further ahead.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(12);

    private const int MainField = 1;
    private const int DailyField = 2;
    private const int TimeField = 3;
    private const int BytecodeField = 7;
    private const int MaxFields = 32;

    private readonly List<long?> _fields;
    private readonly bool _isOfOne;

    private MirrorVersions(List<long?> fields, bool isOfOne, DateTimeOffset time)
    {
        _fields = fields;
        _isOfOne = isOfOne;
        Time = time;
    }

    /// <summary>When the record was written.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>
    /// The record of all main databases: <c>release:main:daily:time:…</c>. Null when a field that is needed is missing
    /// or no number.
    /// </summary>
    public static MirrorVersions? TryParse(ReadOnlySpan<byte> text) => Read(text, TimeField, isOfOne: false);

    /// <summary>The record of one other database: <c>version:time</c>.</summary>
    public static MirrorVersions? TryParseOne(ReadOnlySpan<byte> text) => Read(text, 1, isOfOne: true);

    /// <summary>True for the databases that <see cref="TryParse"/>'s record lists.</summary>
    public static bool Lists(string database) => database is "main" or "daily" or "bytecode";

    /// <summary>True when the record is recent enough to be believed.</summary>
    public bool IsFresh(DateTimeOffset now) => (now - Time).Duration() <= MaxAge;

    /// <summary>The version of a database; null when the record does not tell.</summary>
    public long? Find(string database)
    {
        var field = _isOfOne ? 0 : database switch
        {
            "main" => MainField,
            "daily" => DailyField,
            "bytecode" => BytecodeField,
            _ => int.MaxValue,
        };
        return field < _fields.Count ? _fields[field] : null;
    }

    private static MirrorVersions? Read(ReadOnlySpan<byte> text, int timeField, bool isOfOne)
    {
        if (text.Length > MaxBytes || text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return null;
        }

        var fields = new List<long?>();
        foreach (var range in text.Split((byte)':'))
        {
            if (fields.Count == MaxFields)
            {
                break;
            }

            fields.Add(Number(text[range]));
        }

        // Times beyond the calendar are no times.
        return fields.Count > timeField && fields[timeField] is { } seconds && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new MirrorVersions(fields, isOfOne, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
    }

    private static long? Number(ReadOnlySpan<byte> digits) =>
        digits.Length is > 0 and <= 18
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
