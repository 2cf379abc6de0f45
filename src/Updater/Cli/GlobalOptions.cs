using System.CommandLine;
using Updater.Configuration;

namespace Updater.Cli;

/// <summary>The options that every command takes (cli.md); recursive, so they may stand before or after the verb.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Config { get; } = new("--config")
    {
        Description = "Configuration file; without it ./updater.json, then /etc/updater/updater.json.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "Data folder; overrides dataDirectory.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "One setting, such as --set updates.interval=4h; may be repeated.",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "One JSON document on standard output (one a line for streams); everything else goes to standard error.",
        Recursive = true,
    };

    public static Option<bool> Quiet { get; } = new("--quiet")
    {
        Description = "No progress, no colour, only results and errors.",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Debug log on standard error.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Config, Data, Set, Json, Quiet, Verbose];

    public static ConfigurationArguments Configuration(ParseResult parse) =>
        new(parse.GetValue(Config), parse.GetValue(Data), parse.GetValue(Set) ?? []);
}
