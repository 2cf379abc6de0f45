using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Packages;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishBuildCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var package = new Option<string>("--package") { Description = "Name: a-z, 0-9 and hyphens.", HelpName = "NAME", Required = true };
        package.Validators.Add(result =>
        {
            if (!PackageId.IsValidName(result.GetValueOrDefault<string>()))
            {
                result.AddError("--package must be 1 to 40 characters of a-z, 0-9 and hyphens, starting with a letter.");
            }
        });
        var version = new Option<DefinitionsVersion>("--version")
        {
            Description = "YYYYMMDD.NNN, newer than the last one.",
            HelpName = "V",
            Required = true,
            CustomParser = ReadVersion,
        };
        var files = new Option<string>("--files") { Description = "Folder whose files are packed.", HelpName = "DIR", Required = true };
        var engine = new Option<Version>("--minimum-engine")
        {
            Description = "Lowest engine that can use the package.",
            HelpName = "V",
            CustomParser = ReadEngine,
            DefaultValueFactory = _ => new Version(1, 0, 0, 0),
        };
        var probes = new Option<string[]>("--probe")
        {
            Description = "A sample that must be detected, and the name it must be detected by. Repeatable.",
            HelpName = "FILE=SIGNATURE",
        };
        probes.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.LastIndexOf('=') < 1 || token.Value.EndsWith('=')))
            {
                result.AddError("--probe must be FILE=SIGNATURE.");
            }
        });
        var command = new Command(
            "build", "Packs a folder of signature files; needs no key. "
            + "Example: updater publish build /srv/channel --package core --version 20261122.001 --files ./core")
        {
            channel, package, version, files, engine, probes,
        };
        command.SetAction((parse, cancellation) => Task.FromResult(PublishRun.Print(parse, () =>
        {
            var request = new BuildRequest(
                new PackageId(parse.GetRequiredValue(package), parse.GetRequiredValue(version)),
                parse.GetRequiredValue(files),
                parse.GetRequiredValue(engine),
                [.. (parse.GetValue(probes) ?? []).Select(ReadProbe)]);
            using var scratch = new CommandScratch("");
            ClientCheck.Demand(request, scratch.Folder, TimeProvider.System, cancellation);
            var publisher = new ChannelPublisher(parse.GetRequiredValue(channel), TimeProvider.System);
            using var turn = publisher.Files.Occupy();
            return Report(new PackageBuilder(publisher).Build(request, cancellation), publisher);
        })));
        return command;
    }

    private static PublishReport Report(BuiltPackage built, ChannelPublisher publisher) => new(
        [$"Built {built.Id}: {built.UnpackedBytes} bytes packed into {built.Length}.", "Waits for: updater publish sign"],
        new JsonObject
        {
            ["package"] = built.Id.Name,
            ["version"] = built.Id.Version.ToString(),
            ["sequence"] = built.Sequence,
            ["bytes"] = built.Length,
            ["unpackedBytes"] = built.UnpackedBytes,
            ["sha256"] = built.Sha256.ToString(),
            ["file"] = publisher.Files.TargetFile(built.UrlPath),
        });

    private static DetectionProbe ReadProbe(string text)
    {
        var at = text.LastIndexOf('=');
        var file = text[..at];
        var length = new FileInfo(file).Length;
        return length <= PackageLimits.Default.MaxProbeBytes
            ? new DetectionProbe(Path.GetFileName(file), File.ReadAllBytes(file), text[(at + 1)..])
            : throw new PublishException($"The probe {file} has {length} bytes; {PackageLimits.Default.MaxProbeBytes} are allowed.");
    }

    private static DefinitionsVersion ReadVersion(ArgumentResult result)
    {
        if (!DefinitionsVersion.TryParse(result.Tokens[0].Value, out var version))
        {
            result.AddError($"--version '{result.Tokens[0].Value}' is not YYYYMMDD.NNN, such as 20261122.001.");
        }

        return version;
    }

    private static Version ReadEngine(ArgumentResult result)
    {
        if (Version.TryParse(result.Tokens[0].Value, out var version) && version.Revision >= 0)
        {
            return version;
        }

        result.AddError($"--minimum-engine '{result.Tokens[0].Value}' is not a version of four numbers, such as 1.0.0.0.");
        return new Version(1, 0, 0, 0);
    }
}
