using System.CommandLine;
using System.Text.Json.Nodes;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishInitCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var keys = PublishOptions.Keys();
        var threshold = CountOption.Create(
            "--threshold", "Signatures that root and targets need, 1 to 10; above 1 one key more is made, so that one may be lost.", fallback: 1, min: 1, max: 10);
        var algorithm = PublishOptions.Algorithm();
        var expires = PublishOptions.Expires();
        var command = new Command(
            "init", "Makes an empty channel and the keys it needs. Example: updater publish init /srv/channel --keys /media/keys")
        {
            channel, keys, threshold, algorithm, expires,
        };
        command.SetAction(parse => PublishRun.Print(parse, () =>
        {
            var publisher = new ChannelPublisher(parse.GetRequiredValue(channel), TimeProvider.System);
            var root = publisher.Init(
                new KeyFolder(parse.GetRequiredValue(keys)),
                parse.GetValue(threshold),
                parse.GetValue(algorithm) ?? PublishOptions.DefaultAlgorithm,
                parse.GetRequiredValue(expires));
            return new PublishReport(
                [$"Made the channel {publisher.Files.Root}", $"Give this root to every client, not over the channel: {root}"],
                new JsonObject { ["channel"] = publisher.Files.Root, ["root"] = root });
        }));
        return command;
    }
}
