using System.CommandLine;

namespace Updater.Cli;

/// <summary><c>publish</c>: the publisher's side of a channel (cli.md). Exit status 0 done, 1 failed, 2 usage.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var command = new Command("publish", "Makes and signs channels: static trees that any web server or bucket can serve.");
        command.Add(PublishInitCommand.Create());
        command.Add(PublishBuildCommand.Create());
        command.Add(PublishSignCommand.Create());
        command.Add(PublishRefreshCommand.Create());
        command.Add(PublishRotateRootCommand.Create());
        command.Add(PublishVerifyCommand.Create());
        return command;
    }
}
