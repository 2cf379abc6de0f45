using System.CommandLine;

namespace Updater.Cli;

/// <summary><c>signatures …</c>: signature management; each verb is a class of its own.</summary>
internal static class SignaturesCommand
{
    public static Command Create() =>
        new VerbCommand("signatures", "Signature files and signatures.", "updater signatures lint own.ndb") { LintCommand.Create() };
}
