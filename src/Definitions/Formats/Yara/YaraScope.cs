using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>The strings of a rule by their ids, and which of them its condition has named.</summary>
internal sealed class YaraScope
{
    private readonly Dictionary<string, YaraString> _strings = new(StringComparer.Ordinal);
    private readonly List<YaraString> _inOrder = [];
    private readonly HashSet<YaraString> _named = [];

    /// <summary>What <c>$</c>, <c>#</c> and <c>@</c> alone mean in a loop over strings; null outside.</summary>
    public YaraString? Current { get; set; }

    /// <summary>Numbers of the loops around, by name.</summary>
    public Dictionary<string, YaraValue> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>How many of these loops are gone round while scanning.</summary>
    public int Loops { get; set; }

    public IReadOnlyList<YaraString> All => _inOrder;

    /// <summary>A string that the condition does not name: the reference engine does not take such a rule.</summary>
    public YaraString? Unnamed => _inOrder.Find(text => !_named.Contains(text));

    /// <exception cref="YaraException">The id is taken.</exception>
    public void Add(YaraString text)
    {
        if (!_strings.TryAdd(text.Id, text))
        {
            throw new YaraException(SignatureCodes.RuleDuplicate, text.At, $"The string {text.Id} is defined twice.");
        }

        _inOrder.Add(text);
    }

    /// <exception cref="YaraException">There is none.</exception>
    public YaraString Find(YaraToken at)
    {
        if (at.Text.Length == 1)
        {
            return Current ?? throw new YaraException(SignatureCodes.RuleSyntax, at, $"'{at.Text}' without a name stands outside a loop over strings.");
        }

        var id = "$" + at.Text[1..];
        if (!_strings.TryGetValue(id, out var text))
        {
            throw new YaraException(SignatureCodes.RuleUnknown, at, $"There is no string {PlainText.Of(id)}.");
        }

        _named.Add(text);
        return text;
    }

    /// <summary>The strings of one item of a set: <c>$a</c>, or all that begin alike: <c>$a*</c>.</summary>
    public IReadOnlyList<YaraString> FindSet(YaraToken at)
    {
        if (!at.Text.EndsWith('*'))
        {
            return [Find(at)];
        }

        var found = _inOrder.FindAll(text => text.Id.StartsWith(at.Text[..^1], StringComparison.Ordinal));
        if (found.Count == 0)
        {
            throw new YaraException(SignatureCodes.RuleUnknown, at, $"No string begins with {PlainText.Of(at.Text[..^1])}.");
        }

        _named.UnionWith(found);
        return found;
    }

    /// <summary><c>them</c>.</summary>
    public IReadOnlyList<YaraString> NameAll()
    {
        _named.UnionWith(_inOrder);
        return _inOrder;
    }
}
