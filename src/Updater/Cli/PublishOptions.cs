using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Definitions.Trust;
using Updater.Publishing;

namespace Updater.Cli;

/// <summary>Arguments and options that several <c>publish</c> verbs share, and what their text means.</summary>
internal static class PublishOptions
{
    /// <summary>A hundred years: far enough for any demonstration, and inside the range of dates.</summary>
    private const int MaxDays = 36_500;

    public const KeyScheme DefaultAlgorithm = KeyScheme.EcdsaP256;

    public static Argument<string> Channel() =>
        new("CHANNEL") { Description = "Folder of the channel: holds metadata/ and targets/." };

    public static Option<string> Keys() =>
        new("--keys") { Description = "Folder of private keys, ROLE-NUMBER.pem.", HelpName = "DIR", Required = true };

    /// <summary>Null = <see cref="DefaultAlgorithm"/>; as a default value, help would show it by a name that the option does not take.</summary>
    public static Option<KeyScheme?> Algorithm() =>
        new("--algorithm")
        {
            Description = "Of new keys: ecdsa (default), ed25519 or rsa.",
            HelpName = "NAME",
            CustomParser = ReadAlgorithm,
        };

    public static Option<MetadataLifetimes> Expires() =>
        new("--expires")
        {
            Description = "Days until new metadata expires: DAYS for every role, or ROLE=DAYS.",
            HelpName = "[ROLE=]DAYS",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = ReadLifetimes,
            DefaultValueFactory = _ => MetadataLifetimes.Default,
        };

    private static KeyScheme? ReadAlgorithm(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        switch (text)
        {
            case "ecdsa":
                return KeyScheme.EcdsaP256;
            case "ed25519":
                return KeyScheme.Ed25519;
            case "rsa":
                return KeyScheme.RsaPssSha256;
            default:
                result.AddError($"--algorithm '{text}' is not known; use ecdsa, ed25519 or rsa.");
                return null;
        }
    }

    private static MetadataLifetimes ReadLifetimes(ArgumentResult result)
    {
        var lifetimes = MetadataLifetimes.Default;
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=', 2);
            var role = parts.Length == 2 ? parts[0] : "";
            if (!int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                || days is < 1 or > MaxDays
                || With(lifetimes, role, TimeSpan.FromDays(days)) is not { } changed)
            {
                result.AddError(
                    $"--expires '{token.Value}' is not [ROLE=]DAYS with a role of root, targets, snapshot, timestamp and 1 to {MaxDays} days.");
                return MetadataLifetimes.Default;
            }

            lifetimes = changed;
        }

        return lifetimes;
    }

    private static MetadataLifetimes? With(MetadataLifetimes lifetimes, string role, TimeSpan lifetime) => role switch
    {
        "" => MetadataLifetimes.All(lifetime),
        RoleFiles.Root => lifetimes with { Root = lifetime },
        RoleFiles.Targets => lifetimes with { Targets = lifetime },
        RoleFiles.Snapshot => lifetimes with { Snapshot = lifetime },
        RoleFiles.Timestamp => lifetimes with { Timestamp = lifetime },
        _ => null,
    };
}
