using System.CommandLine;
using System.Text.Json.Nodes;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishRefreshCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var keys = PublishOptions.Keys();
        var expires = PublishOptions.Expires();
        var command = new Command(
            "refresh", "Signs snapshot and timestamp with new expiry and the same packages; run it by schedule. "
            + "Example: updater publish refresh /srv/channel --keys /etc/updater/online-keys")
        {
            channel, keys, expires,
        };
        command.SetAction(parse => PublishRun.Print(parse, () =>
        {
            var publisher = new ChannelPublisher(parse.GetRequiredValue(channel), TimeProvider.System);
            using var turn = publisher.Files.Occupy();
            publisher.Refresh(new KeyFolder(parse.GetRequiredValue(keys)), parse.GetRequiredValue(expires));
            return new PublishReport([$"Refreshed {publisher.Files.Root}."], new JsonObject { ["channel"] = publisher.Files.Root });
        }));
        return command;
    }
}
