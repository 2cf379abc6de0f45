using System.CommandLine;
using System.Text.Json.Nodes;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishVerifyCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var root = new Option<string>("--root")
        {
            Description = "Initial root, obtained out of band; without it the channel's first root is believed.",
            HelpName = "FILE",
        };
        var command = new Command(
            "verify", "Checks a channel as a client would, with every package. "
            + "Example: updater publish verify /srv/channel --root /media/keys/root.json")
        {
            channel, root,
        };
        command.SetAction((parse, cancellation) => Task.FromResult(PublishRun.Print(parse, () =>
        {
            var files = new ChannelFiles(parse.GetRequiredValue(channel));
            var initialRoot = parse.GetValue(root) is { } path ? File.ReadAllBytes(path) : null;
            return Report(ChannelVerifier.Verify(files, initialRoot, TimeProvider.System, cancellation));
        })));
        return command;
    }

    private static PublishReport Report(VerifiedChannel channel) => new(
        [
            .. channel.Packages.Select(package => $"{package.Id}: {package.Length} bytes, sequence {package.Sequence}: good"),
            $"Good until {channel.EarliestExpiry:yyyy-MM-dd HH:mm:ss}Z: root {channel.RootVersion}, targets {channel.TargetsVersion}, "
                + $"timestamp {channel.TimestampVersion}, {channel.Packages.Count} packages.",
        ],
        new JsonObject
        {
            ["root"] = channel.RootVersion,
            ["targets"] = channel.TargetsVersion,
            ["timestamp"] = channel.TimestampVersion,
            ["expires"] = channel.EarliestExpiry.ToString("O"),
            ["packages"] = new JsonArray([.. channel.Packages.Select(package => new JsonObject
            {
                ["package"] = package.Id.Name,
                ["version"] = package.Id.Version.ToString(),
                ["sequence"] = package.Sequence,
                ["bytes"] = package.Length,
                ["sha256"] = package.Sha256.ToString(),
            })]),
        });
}
