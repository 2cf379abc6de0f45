using System.CommandLine;
using System.Text.Json.Nodes;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishSignCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var keys = PublishOptions.Keys();
        var expires = PublishOptions.Expires();
        var command = new Command(
            "sign", "Signs what was built: new targets, snapshot and timestamp. Example: updater publish sign /srv/channel --keys /media/keys")
        {
            channel, keys, expires,
        };
        command.SetAction(parse => PublishRun.Print(parse, () =>
        {
            var publisher = new ChannelPublisher(parse.GetRequiredValue(channel), TimeProvider.System);
            using var turn = publisher.Files.Occupy();
            var signed = publisher.Sign(new KeyFolder(parse.GetRequiredValue(keys)), parse.GetRequiredValue(expires));
            return new PublishReport(
                [.. signed.Select(package => $"Signed {package.Id}.")],
                new JsonObject { ["signed"] = new JsonArray([.. signed.Select(package => JsonValue.Create(package.TargetPath))]) });
        }));
        return command;
    }
}
