namespace Updater.Configuration;

/// <summary>What serves when there is no configuration at all: the signed demo channel that comes with the program.</summary>
internal static class EmbeddedDefaults
{
    public const string SourceName = "demo";

    /// <summary>The bundled channel: a folder beside the executable, with its trusted root in it.</summary>
    public static string ChannelFolder => Path.Combine(AppContext.BaseDirectory, "demo-channel");

    public static string RootFile => Path.Combine(ChannelFolder, "root.json");

    /// <summary>The values of the layer that stands in for a missing file.</summary>
    public static IEnumerable<RawValue> Sources()
    {
        yield return Value("name", SourceName);
        yield return Value("url", ChannelFolder);
        yield return Value("root", RootFile);
    }

    private static RawValue Value(string key, string text) =>
        new(["sources", "0", key], RawForm.Untyped, text, OptionsOrigin.Default);
}
