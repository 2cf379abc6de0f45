using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Updater.Cli;

/// <summary>Options that take a number: what is none, or lies outside the range, is a usage mistake and never an exception.</summary>
internal static class CountOption
{
    /// <param name="fallback">Without the option.</param>
    /// <param name="max">Null: any number that fits.</param>
    public static Option<int> Create(string name, string description, int fallback, int min, int? max = null) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => Read(result, name, min, max),
    };

    private static int Read(ArgumentResult result, string name, int min, int? max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= min && count <= (max ?? int.MaxValue))
        {
            return count;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{name} is a number {(max is { } most ? $"from {min} to {most}" : $"from {min} on")}, not '{Definitions.PlainText.Of(text)}'."));
        return 0;
    }
}
