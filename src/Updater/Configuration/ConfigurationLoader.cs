using System.Collections;

namespace Updater.Configuration;

/// <summary>What the command line says about configuration.</summary>
/// <param name="ConfigFile"><c>--config</c>; null = look in the usual places.</param>
/// <param name="DataDirectory"><c>--data</c>.</param>
/// <param name="Assignments"><c>--set key=value</c>, in order.</param>
internal sealed record ConfigurationArguments(string? ConfigFile, string? DataDirectory, IReadOnlyList<string> Assignments);

/// <summary>The configuration as it was found, with every mistake.</summary>
/// <param name="File">The file that was read; null when there was none.</param>
/// <param name="Options">Null when there are problems.</param>
internal sealed record LoadedConfiguration(
    string? File,
    UpdaterOptions? Options,
    IReadOnlyList<EffectiveSetting> Settings,
    IReadOnlyList<ConfigurationProblem> Problems,
    IReadOnlyList<string> Warnings);

/// <summary>
/// Finds, reads and checks the configuration: embedded defaults, then the file (<c>--config</c>, <c>./updater.json</c>,
/// <c>/etc/updater/updater.json</c>), then the environment, then the command line. All mistakes are reported together.
/// </summary>
internal static class ConfigurationLoader
{
    /// <summary>Looked for in this order when <c>--config</c> is not given.</summary>
    public static IReadOnlyList<string> UsualPlaces { get; } = ["./updater.json", "/etc/updater/updater.json"];

    public static Task<LoadedConfiguration> LoadAsync(
        ConfigurationArguments arguments, IDictionary environment, CancellationToken cancellationToken) =>
        LoadAsync(arguments, environment, UsualPlaces, cancellationToken);

    /// <param name="usualPlaces">Files to look for; tests give their own.</param>
    public static async Task<LoadedConfiguration> LoadAsync(
        ConfigurationArguments arguments,
        IDictionary environment,
        IReadOnlyList<string> usualPlaces,
        CancellationToken cancellationToken)
    {
        var settings = new EffectiveSettings();
        var file = arguments.ConfigFile ?? usualPlaces.FirstOrDefault(File.Exists);
        List<RawValue> fileValues = file is null
            ? []
            : await ReadFileAsync(file, settings.Problems, cancellationToken);
        List<RawValue> overrides =
        [
            .. TextSettings.FromEnvironment(environment),
            .. TextSettings.FromCommandLine(arguments.Assignments, settings.Problems),
        ];
        if (arguments.DataDirectory is not null)
        {
            overrides.Add(new RawValue(
                ["dataDirectory"], RawForm.Untyped, arguments.DataDirectory, new OptionsOrigin(OriginLayer.CommandLine, "--data")));
        }

        foreach (var value in fileValues.Concat(overrides))
        {
            settings.Add(value);
        }

        if (file is null && !settings.NamesSources)
        {
            foreach (var value in EmbeddedDefaults.Sources())
            {
                settings.Add(value);
            }
        }

        settings.AddDefaults();
        var warnings = new List<string>();
        ConfigurationRules.Check(settings, file, warnings);
        var options = settings.Problems.Count == 0 ? OptionsBuilder.Build(settings) : null;
        return new LoadedConfiguration(file, options, [.. settings.All], settings.Problems, warnings);
    }

    private static async Task<List<RawValue>> ReadFileAsync(
        string file, List<ConfigurationProblem> problems, CancellationToken cancellationToken)
    {
        var origin = new OptionsOrigin(OriginLayer.File, file);
        try
        {
            if (new FileInfo(file).Length > JsonSettings.MaxBytes)
            {
                problems.Add(new ConfigurationProblem("", null, $"the file is longer than {JsonSettings.MaxBytes} bytes", origin));
                return [];
            }

            var json = JsonSettings.Read(await File.ReadAllBytesAsync(file, cancellationToken), file);
            problems.AddRange(json.Problems);
            return json.Values;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigurationProblem("", null, $"the file cannot be read: {e.Message}", origin));
            return [];
        }
    }
}
