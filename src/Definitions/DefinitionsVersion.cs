using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Definitions;

/// <summary>
/// The version people read: calendar date, dot, revision, as in <c>20150215.001</c> (csapi.md §8, M-181).
/// </summary>
/// <remarks>
/// Ordered by date, then by revision as an integer: text comparison would put <c>.1000</c> before <c>.999</c>.
/// Several revisions a day are normal, and a later release may carry an earlier date's year end frozen, so nothing
/// may take one date for one release.
/// </remarks>
public readonly record struct DefinitionsVersion : IComparable<DefinitionsVersion>
{
    /// <summary>The largest revision that is accepted: nine decimal digits.</summary>
    public const int MaxRevision = 999_999_999;

    /// <exception cref="ArgumentOutOfRangeException">The revision is negative or above <see cref="MaxRevision"/>.</exception>
    public DefinitionsVersion(DateOnly date, int revision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(revision);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, MaxRevision);
        Date = date;
        Revision = revision;
    }

    public DateOnly Date { get; }

    /// <summary>0 to <see cref="MaxRevision"/>; printed with at least three digits.</summary>
    public int Revision { get; }

    /// <summary>Reads <c>YYYYMMDD.N…</c> with one to nine revision digits; signs, blanks and other dates are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DefinitionsVersion version)
    {
        version = default;
        if (text.Length is < 10 or > 18 || text[8] != '.' || text[9..].ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!DateOnly.TryParseExact(text[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return false;
        }

        version = new DefinitionsVersion(date, int.Parse(text[9..], NumberStyles.None, CultureInfo.InvariantCulture));
        return true;
    }

    /// <exception cref="FormatException">The text is not a version.</exception>
    public static DefinitionsVersion Parse(string text) =>
        TryParse(text, out var version)
            ? version
            : throw new FormatException($"'{text}' is not a definitions version; expected YYYYMMDD.NNN, such as 20261122.001.");

    public static bool operator <(DefinitionsVersion left, DefinitionsVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(DefinitionsVersion left, DefinitionsVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(DefinitionsVersion left, DefinitionsVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DefinitionsVersion left, DefinitionsVersion right) => left.CompareTo(right) >= 0;

    public int CompareTo(DefinitionsVersion other)
    {
        var byDate = Date.CompareTo(other.Date);
        return byDate != 0 ? byDate : Revision.CompareTo(other.Revision);
    }

    [SuppressMessage("Globalization", "CA1305", Justification = "Invariant: digits only.")]
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Date:yyyyMMdd}.{Revision:000}");
}
