namespace Updater.Configuration;

/// <summary>How a value was written. Text from the environment or the command line may stand for any other form.</summary>
internal enum RawForm
{
    /// <summary>Environment or command line: one text for every kind of setting.</summary>
    Untyped = 0,
    Text,
    Number,
    Flag,
    Null,
    List,
    EmptySection,
}

/// <summary>One value as a layer gives it, before it is known whether such a setting exists.</summary>
/// <param name="Segments">Path as written; array positions are decimal numbers.</param>
/// <param name="Text">The value; items of a list joined with commas.</param>
internal sealed record RawValue(IReadOnlyList<string> Segments, RawForm Form, string Text, OptionsOrigin Origin)
{
    /// <summary><c>sources[0].name</c>.</summary>
    public string Path => SettingPath.Display(Segments);
}

/// <summary>Paths of settings as people read them.</summary>
internal static class SettingPath
{
    public static string Display(IEnumerable<string> segments)
    {
        var text = new System.Text.StringBuilder();
        foreach (var segment in segments)
        {
            if (IsIndex(segment))
            {
                text.Append('[').Append(segment).Append(']');
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(segment);
            }
        }

        return text.ToString();
    }

    public static bool IsIndex(string segment) => segment.Length is > 0 and <= 4 && segment.All(char.IsAsciiDigit);

    /// <summary>Reads <c>a.b[0].c</c> and <c>a.b.0.c</c>.</summary>
    public static string[] Split(string path) =>
        path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.', StringSplitOptions.None);
}
