using System.CommandLine;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Updater.Publishing;

namespace Updater.Cli;

internal static class PublishRotateRootCommand
{
    public static Command Create()
    {
        var channel = PublishOptions.Channel();
        var keys = PublishOptions.Keys();
        var roles = new Option<string[]>("--role")
        {
            Description = "Role that gets new keys: root, targets, snapshot or timestamp. Repeatable; none renews the root's expiry only.",
            HelpName = "ROLE",
        };
        roles.AcceptOnlyFromAmong(RoleFiles.Root, RoleFiles.Targets, RoleFiles.Snapshot, RoleFiles.Timestamp);
        var algorithm = PublishOptions.Algorithm();
        var expires = PublishOptions.Expires();
        var command = new Command(
            "rotate-root", "Publishes the next root, signed by old and new root keys. "
            + "Example: updater publish rotate-root /srv/channel --keys /media/keys --role timestamp")
        {
            channel, keys, roles, algorithm, expires,
        };
        command.SetAction(parse => PublishRun.Print(parse, () =>
        {
            var publisher = new ChannelPublisher(parse.GetRequiredValue(channel), TimeProvider.System);
            using var turn = publisher.Files.Occupy();
            var root = publisher.RotateRoot(
                new KeyFolder(parse.GetRequiredValue(keys)),
                parse.GetValue(roles) ?? [],
                parse.GetValue(algorithm) ?? PublishOptions.DefaultAlgorithm,
                parse.GetRequiredValue(expires));
            return new PublishReport(
                [$"Published the next root of {publisher.Files.Root}; copy: {root}"],
                new JsonObject { ["channel"] = publisher.Files.Root, ["root"] = root });
        }));
        return command;
    }
}
