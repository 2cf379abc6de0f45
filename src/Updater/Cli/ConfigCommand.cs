using System.CommandLine;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Updater.Cli;

/// <summary><c>config show</c> and <c>config check</c>: what is in force and where each value came from (M-012).</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var config = new VerbCommand("config", "Shows or checks the configuration.", "updater config show");
        config.Add(Verb("show", "Every setting in force, with where its value came from.", Show));
        config.Add(Verb("check", "Reports every mistake; status 2 if there is one.", Check));
        return config;
    }

    private static VerbCommand Verb(string name, string description, Func<Invocation, ExitCode> run)
    {
        var verb = new VerbCommand(name, description, $"updater config {name} --config ./updater.json");
        verb.SetAction(async (parse, cancellationToken) =>
        {
            var terminal = Terminal.Standard(parse.GetValue(GlobalOptions.Json), parse.GetValue(GlobalOptions.Quiet));
            return (int)run(await Invocation.StartAsync(parse, terminal, cancellationToken));
        });
        return verb;
    }

    private static ExitCode Check(Invocation invocation)
    {
        var configuration = invocation.Configuration;
        WriteFindings(invocation);
        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(
                new ConfigCheckAnswer(
                    configuration.File,
                    configuration.Problems.Count == 0,
                    [.. configuration.Problems.Select(p => new ConfigProblemAnswer(p.Path, p.Value, p.Expected, p.Origin.ToString()))],
                    configuration.Warnings),
                ConfigJson.Default.ConfigCheckAnswer);
        }
        else if (configuration.Problems.Count == 0)
        {
            invocation.Terminal.Output.WriteLine($"{configuration.File ?? "embedded defaults"}: ok");
        }

        return configuration.Problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
    }

    private static ExitCode Show(Invocation invocation)
    {
        var configuration = invocation.Configuration;
        WriteFindings(invocation);
        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(
                new ConfigShowAnswer(
                    configuration.File,
                    [.. configuration.Settings.Select(s => new SettingAnswer(s.DisplayPath, s.Text, s.Origin.ToString(), s.Setting.Allowed, s.Setting.IsHot))]),
                ConfigJson.Default.ConfigShowAnswer);
        }
        else if (invocation.Terminal.IsRich)
        {
            var table = new Table { Border = TableBorder.Simple };
            table.AddColumns("Setting", "Value", "From");
            foreach (var setting in configuration.Settings)
            {
                table.AddRow([.. new[] { setting.DisplayPath, setting.Text, setting.Origin.ToString() }.Select(cell => Markup.Escape(VisibleWriter.Of(cell)))]);
            }

            invocation.Terminal.Rich.Write(table);
        }
        else
        {
            foreach (var setting in configuration.Settings)
            {
                invocation.Terminal.Output.WriteLine($"{setting.DisplayPath} = {setting.Text}  # {setting.Origin}");
            }
        }

        return configuration.Problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
    }

    private static void WriteFindings(Invocation invocation)
    {
        Invocation.WriteProblems(invocation.Terminal, invocation.Configuration);
        foreach (var warning in invocation.Configuration.Warnings)
        {
            invocation.Terminal.Note($"updater: warning: {warning}");
        }
    }
}

internal sealed record ConfigShowAnswer(string? File, IReadOnlyList<SettingAnswer> Settings);

/// <param name="Live">True: a running service takes a change on SIGHUP.</param>
internal sealed record SettingAnswer(string Path, string Value, string Origin, string Allowed, bool Live);

internal sealed record ConfigCheckAnswer(
    string? File, bool Ok, IReadOnlyList<ConfigProblemAnswer> Problems, IReadOnlyList<string> Warnings);

internal sealed record ConfigProblemAnswer(string Path, string? Value, string Expected, string Origin);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConfigShowAnswer))]
[JsonSerializable(typeof(ConfigCheckAnswer))]
internal sealed partial class ConfigJson : JsonSerializerContext;
