using System.Collections;

namespace Updater.Configuration;

/// <summary>Values from environment variables <c>UPDATER__Section__Key</c> and from <c>--set key=value</c>.</summary>
internal static class TextSettings
{
    public const string Prefix = "UPDATER__";

    /// <summary>Reads every variable with the prefix; the rest of the environment is none of our business.</summary>
    public static IEnumerable<RawValue> FromEnvironment(IDictionary environment) =>
        from name in environment.Keys.Cast<string>().Order(StringComparer.Ordinal)
        where name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        let segments = name[Prefix.Length..].Split("__")
        select new RawValue(
            segments, RawForm.Untyped, (string?)environment[name] ?? "", new OptionsOrigin(OriginLayer.Environment, name));

    /// <summary>Reads <c>--set key=value</c> arguments; one without <c>=</c> becomes a problem.</summary>
    public static IEnumerable<RawValue> FromCommandLine(
        IEnumerable<string> assignments, ICollection<ConfigurationProblem> problems)
    {
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            var origin = new OptionsOrigin(OriginLayer.CommandLine, "--set");
            if (equals <= 0)
            {
                problems.Add(new ConfigurationProblem(assignment, null, "--set takes key=value", origin));
                continue;
            }

            yield return new RawValue(
                SettingPath.Split(assignment[..equals]), RawForm.Untyped, assignment[(equals + 1)..], origin);
        }
    }
}
