using System.Globalization;

namespace Updater.Configuration;

/// <summary>A setting's value in force and where it came from.</summary>
/// <param name="Path">With positions and names filled in, such as <c>sources.0.url</c>.</param>
internal sealed record EffectiveSetting(Setting Setting, string Path, string Text, OptionsOrigin Origin)
{
    /// <summary><c>sources[0].url</c>.</summary>
    public string DisplayPath => SettingPath.Display(Path.Split('.'));
}

/// <summary>Lays the layers over each other and collects every mistake; later layers win key by key.</summary>
internal sealed class EffectiveSettings
{
    private const string Hidden = "***";

    private static readonly string[] SecretWords = ["token", "password", "secret", "credential", "bearer"];

    private readonly Dictionary<string, EffectiveSetting> _values = new(StringComparer.Ordinal);

    public List<ConfigurationProblem> Problems { get; } = [];

    /// <summary>True when some layer says something about sources, be it that there are none.</summary>
    public bool NamesSources { get; private set; }

    /// <summary>Sorted by the order of the table, then by path; without what a source of its kind does not have.</summary>
    public IEnumerable<EffectiveSetting> All =>
        from setting in SettingTable.All
        from value in _values.Values.Where(v => ReferenceEquals(v.Setting, setting)).OrderBy(v => v.Path, StringComparer.Ordinal)
        where value.Origin.Layer != OriginLayer.Default || setting.Kinds is null || setting.IsOfKind(KindOf(value.Path))
        select value;

    public EffectiveSetting this[string path] => _values[path];

    /// <summary>Every setting whose path starts so, in the order of the table.</summary>
    public IEnumerable<EffectiveSetting> OfSection(string start) =>
        from setting in SettingTable.All
        from value in _values.Values
        where ReferenceEquals(value.Setting, setting) && value.Path.StartsWith(start, StringComparison.Ordinal)
        select value;

    /// <summary>Positions of the sources, ascending.</summary>
    public IEnumerable<string> SourcePositions => Names("sources.", 1).OrderBy(int.Parse);

    /// <summary>Names of the scan profiles; <c>default</c> always exists.</summary>
    public IEnumerable<string> ProfileNames => Names("engine.profiles.", 2).Append("default").Distinct(StringComparer.Ordinal);

    /// <summary>Lays one value over what is there.</summary>
    public void Add(RawValue raw)
    {
        NamesSources |= raw.Segments[0].Equals("sources", StringComparison.OrdinalIgnoreCase);
        if (IsEmptyOfSomething(raw))
        {
            return;
        }

        if (!SettingMatch.TryFind(LowerProfileName(raw), out var setting, out var path, out var isAlias))
        {
            var expected = SettingMatch.IsSection(raw.Segments)
                ? "this is a section and holds keys, not a value"
                : SettingMatch.Suggest(raw.Segments);
            Problems.Add(new ConfigurationProblem(raw.Path, LooksSecret(raw) ? Hidden : raw.Text, expected, raw.Origin));
            return;
        }

        var text = Written(raw, setting, isAlias);
        var canonical = text is null ? null : setting.Check(text);
        if (canonical is null)
        {
            Problems.Add(new ConfigurationProblem(raw.Path, setting.IsSecret ? Hidden : Shown(raw), $"allowed: {setting.Allowed}", raw.Origin));
            return;
        }

        _values[path] = new EffectiveSetting(setting, path, canonical, raw.Origin);
    }

    /// <summary>Fills in what no layer gave.</summary>
    public void AddDefaults()
    {
        foreach (var setting in SettingTable.All)
        {
            foreach (var path in PathsOf(setting))
            {
                _values.TryAdd(path, new EffectiveSetting(setting, path, setting.Default, OptionsOrigin.Default));
            }
        }
    }

    private IEnumerable<string> PathsOf(Setting setting)
    {
        if (!setting.Path.Contains('*', StringComparison.Ordinal))
        {
            return [setting.Path];
        }

        var names = setting.Segments[0] == "sources" ? SourcePositions : ProfileNames;
        return names.ToList().Select(n => setting.Path.Replace("*", n, StringComparison.Ordinal));
    }

    private List<string> Names(string prefix, int position) =>
    [
        .. _values.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Select(k => k.Split('.')[position]).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>An empty section or list of sections says nothing more than that it is there.</summary>
    private static bool IsEmptyOfSomething(RawValue raw) =>
        (raw.Form is RawForm.EmptySection || (raw.Form is RawForm.List or RawForm.Untyped && raw.Text.Length == 0))
        && !SettingMatch.TryFind(raw.Segments, out _, out _, out _)
        && SettingMatch.IsSection(raw.Segments);

    /// <summary>Names of variables are often written in capitals; names of profiles never are.</summary>
    private static IReadOnlyList<string> LowerProfileName(RawValue raw) =>
        raw.Origin.Layer == OriginLayer.Environment && raw.Segments.Count == 4
            ? [.. raw.Segments.Select((s, i) => i == 2 ? s.ToLowerInvariant() : s)]
            : raw.Segments;

    /// <summary>The text to check, or null when a file wrote it in the wrong form, such as a number in quotes.</summary>
    private static string? Written(RawValue raw, Setting setting, bool isAlias)
    {
        var isCount = raw.Form is RawForm.Number or RawForm.Untyped
            && long.TryParse(raw.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (isAlias && setting.AliasCountsSeconds && isCount)
        {
            return raw.Text + "s";
        }

        return raw.Form switch
        {
            RawForm.Untyped => raw.Text,
            RawForm.Number when setting is DurationSetting => raw.Text == "0" ? "0" : null,
            RawForm.Text when setting is ListSetting && !raw.Text.Contains(',', StringComparison.Ordinal) => raw.Text,
            _ => raw.Form == setting.Form ? raw.Text : null,
        };
    }

    private string KindOf(string path) => _values[$"sources.{path.Split('.')[1]}.kind"].Text;

    /// <summary>A mistyped or invented key may hold a secret all the same.</summary>
    private static bool LooksSecret(RawValue raw) =>
        SecretWords.Any(word => raw.Segments[^1].Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Shown(RawValue raw)
    {
        var text = WithoutPassword(raw.Text.Length <= 200 ? raw.Text : raw.Text[..200] + "…");
        return raw.Form is RawForm.Text or RawForm.Untyped ? $"\"{text}\"" : raw.Form == RawForm.List ? $"[{text}]" : text;
    }

    /// <summary>A message may end in a log; what stands before the @ of an address does not.</summary>
    private static string WithoutPassword(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        return scheme >= 0 && at > scheme ? $"{text[..(scheme + 3)]}***{text[at..]}" : text;
    }
}
