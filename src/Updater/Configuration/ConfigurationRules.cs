using System.Globalization;

namespace Updater.Configuration;

/// <summary>Rules that concern more than one key.</summary>
internal static class ConfigurationRules
{
    /// <summary>Adds mistakes to the settings' problems, and what is legal but worth knowing to the warnings.</summary>
    public static void Check(EffectiveSettings settings, string? file, List<string> warnings)
    {
        SourceRules.Check(settings, file);
        CheckProfiles(settings, warnings);
        CheckUnwanted(settings, warnings);
        CheckListeners(settings, warnings);
    }

    private static void CheckProfiles(EffectiveSettings settings, List<string> warnings)
    {
        foreach (var name in settings.ProfileNames)
        {
            if (!SettingTable.IsProfileName(name))
            {
                settings.Problems.Add(new ConfigurationProblem(
                    $"engine.profiles.{name}", null, "a profile's name is 1 to 40 characters of a-z, 0-9, - and _", OptionsOrigin.Default));
                continue;
            }

            var cumulative = settings[$"engine.profiles.{name}.maxCumulativeExtractSize"];
            if (long.Parse(cumulative.Text, CultureInfo.InvariantCulture) > 2_147_483_648)
            {
                warnings.Add($"{cumulative.DisplayPath} = {cumulative.Text} is above 2147483648, which the original allowed only by a start override");
            }

            if (settings[$"engine.profiles.{name}.failOpen"].Text == "true")
            {
                warnings.Add($"engine.profiles.{name}.failOpen = true: what cannot be opened is answered clean, marked degraded");
            }
        }

        var slots = settings["engine.maxConcurrency"];
        if (long.Parse(slots.Text, CultureInfo.InvariantCulture) > Environment.ProcessorCount)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"engine.maxConcurrency = {slots.Text} is more than the {Environment.ProcessorCount} processors of this machine"));
        }
    }

    private static void CheckUnwanted(EffectiveSettings settings, List<string> warnings)
    {
        var included = settings["engine.includePua"];
        var excluded = settings["engine.excludePua"];
        if (included.Text.Length > 0 && excluded.Text.Length > 0)
        {
            settings.Problems.Add(new ConfigurationProblem(
                excluded.DisplayPath, $"[{excluded.Text}]", "engine.includePua is given too; choose one of them", excluded.Origin));
        }

        var isUnused = settings["engine.detectPua"].Text != "true" && included.Text.Length + excluded.Text.Length > 0;
        if (isUnused)
        {
            warnings.Add("engine.includePua and engine.excludePua have no effect while engine.detectPua is false");
        }
    }

    private static void CheckListeners(EffectiveSettings settings, List<string> warnings)
    {
        foreach (var path in new[] { "listeners.clamd.tcp", "listeners.http.addresses" })
        {
            foreach (var address in ListSetting.Split(settings[path].Text))
            {
                if (ListenAddress.TryParse(address, out var endPoint) && !System.Net.IPAddress.IsLoopback(endPoint.Address))
                {
                    warnings.Add($"{path} = {address} is reachable from other machines, without encryption or authentication");
                }
            }
        }
    }
}
