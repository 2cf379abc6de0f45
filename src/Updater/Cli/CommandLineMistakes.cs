using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Updater.Cli;

/// <summary>What is wrong with a command line, in the words of somebody who wants to help.</summary>
internal static class CommandLineMistakes
{
    /// <summary>One line each; none when the command can run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (parse.Action is not ParseErrorAction)
        {
            // Help and the program's version answer whatever else stands on the line.
            return parse.Action is null or AsynchronousCommandLineAction && command.Subcommands.Count == 0 ? [.. UnknownOptions(parse)] : [];
        }

        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens is [var unknown, ..] && !IsOption(unknown))
        {
            return [$"there is no command '{unknown}'; there are: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}."];
        }

        var options = UnknownOptions(parse).ToList();
        return options.Count > 0 ? options : [.. parse.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// What looks like an option and is none, be it left over or taken for a file: a misspelt option must not become
    /// one more path. Behind <c>--</c> everything is a path.
    /// </summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parse)
    {
        var behind = parse.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        var taken = parse.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => !behind.Contains(token))
            .Select(token => token.Value);
        return taken.Concat(parse.UnmatchedTokens).Where(IsOption).Distinct(StringComparer.Ordinal).Select(text =>
            $"there is no option {text}; a path that starts with - is given after --, as in: -- {text}");
    }

    /// <summary>A single dash is standard input.</summary>
    private static bool IsOption(string text) => text.Length > 1 && text[0] == '-';
}
