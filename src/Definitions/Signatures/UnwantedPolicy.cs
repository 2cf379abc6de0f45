using System.Collections.Immutable;

namespace Definitions.Signatures;

/// <summary>
/// What happens to the sets of potentially unwanted programs, <c>.hdu .hsu .mdu .msu .ndu .ldu</c>
/// (clamav-formats.md §3.4, PUA types). A name beginning <c>PUA.</c> in any other file is not affected. Immutable.
/// </summary>
public sealed class UnwantedPolicy
{
    private const string Prefix = "PUA.";

    private UnwantedPolicy(bool isLoaded, IEnumerable<string> included, IEnumerable<string> excluded)
    {
        IsLoaded = isLoaded;
        Included = [.. included.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Excluded = [.. excluded.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The sets are not loaded: the reference engine's default.</summary>
    public static UnwantedPolicy NotLoaded { get; } = new(false, [], []);

    /// <summary>The sets are loaded whole.</summary>
    public static UnwantedPolicy LoadAll { get; } = new(true, [], []);

    public bool IsLoaded { get; }

    /// <summary>Categories of which a name must contain one; empty = all. Sorted.</summary>
    public ImmutableArray<string> Included { get; }

    /// <summary>Categories of which a name must contain none. Sorted.</summary>
    public ImmutableArray<string> Excluded { get; }

    /// <summary>Stands for the policy in digests of a set's input: equal exactly when the same lines load.</summary>
    public string Key => !IsLoaded ? "no" : $"yes +{string.Join(',', Included)} -{string.Join(',', Excluded)}";

    /// <summary>Loads the sets, cut down to some categories.</summary>
    /// <exception cref="ArgumentException">A category is not valid, or there are some of both kinds.</exception>
    public static UnwantedPolicy Load(IReadOnlyCollection<string> included, IReadOnlyCollection<string> excluded)
    {
        ArgumentNullException.ThrowIfNull(included);
        ArgumentNullException.ThrowIfNull(excluded);
        if (!included.Concat(excluded).All(IsCategory) || (included.Count > 0 && excluded.Count > 0))
        {
            throw new ArgumentException("Categories are 1 to 64 letters, digits, - and _, either included or excluded.", nameof(included));
        }

        return new UnwantedPolicy(true, included, excluded);
    }

    /// <summary>1 to 64 ASCII letters, digits, <c>-</c> and <c>_</c>: one part of a name between dots.</summary>
    public static bool IsCategory(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    /// <summary>
    /// Whether a signature of such a set loads. With a list of categories, names without the prefix do not; the test is
    /// that <c>.category.</c> stands in the name, in this case of letters (clamscan 1.4.6).
    /// </summary>
    public bool Accepts(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsLoaded || (Included.IsEmpty && Excluded.IsEmpty))
        {
            return IsLoaded;
        }

        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && (Included.IsEmpty || Included.Any(category => Holds(name, category)))
            && !Excluded.Any(category => Holds(name, category));
    }

    private static bool Holds(string name, string category) => name.Contains($".{category}.", StringComparison.Ordinal);
}
