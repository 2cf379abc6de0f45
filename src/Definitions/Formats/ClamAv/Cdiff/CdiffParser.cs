using System.Buffers;
using System.Text;
using Definitions.Packages;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Reads lines of a script (clamav-formats.md §2.2).</summary>
internal static class CdiffParser
{
    /// <summary>Publishers write 16; more has to fit the buffer that lines are compared in.</summary>
    public const int MaxPrefixBytes = 4096;

    // Far above what a file within the limits can have.
    private const long MaxLine = 1L << 48;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"u8);

    /// <param name="line">Without its line end.</param>
    /// <param name="number">For messages.</param>
    /// <exception cref="RefusedException"><c>PatchMalformed</c>: no command of the language. <c>PathUnsafe</c>: a name that is not allowed.</exception>
    public static CdiffCommand Parse(ReadOnlySpan<byte> line, int number)
    {
        if (line.StartsWith((byte)'#'))
        {
            return default;
        }

        if (line.SequenceEqual("CLOSE"u8))
        {
            return new CdiffCommand { Verb = CdiffVerb.Close };
        }

        var rest = line;
        var verb = NextToken(ref rest);
        if (rest.IsEmpty && !line.SequenceEqual("ADD "u8))
        {
            throw PatchFault.Malformed($"Line {number} of the patch is no command, or lacks what belongs to it.");
        }

        return verb switch
        {
            _ when verb.SequenceEqual("ADD"u8) => new CdiffCommand { Verb = CdiffVerb.Add, Text = rest },
            _ when verb.SequenceEqual("DEL"u8) => ReadDelete(rest, number),
            _ when verb.SequenceEqual("XCHG"u8) => ReadExchange(rest, number),
            _ when verb.SequenceEqual("OPEN"u8) => new CdiffCommand { Verb = CdiffVerb.Open, Name = ReadName(rest, number) },
            _ when verb.SequenceEqual("UNLINK"u8) => new CdiffCommand { Verb = CdiffVerb.Unlink, Name = ReadName(rest, number) },
            _ when verb.SequenceEqual("MOVE"u8) => ReadMove(rest, number),
            _ => throw PatchFault.Malformed($"Line {number} of the patch is no command."),
        };
    }

    /// <summary>Only the first word is the prefix; the reference engine ignores the rest too.</summary>
    private static CdiffCommand ReadDelete(ReadOnlySpan<byte> rest, int number) => new()
    {
        Verb = CdiffVerb.Delete,
        Line = ReadLine(ref rest, number),
        Prefix = ReadPrefix(ref rest, number),
    };

    private static CdiffCommand ReadExchange(ReadOnlySpan<byte> rest, int number)
    {
        var line = ReadLine(ref rest, number);
        var space = rest.IndexOf((byte)' ');
        return space < 0
            ? throw PatchFault.Malformed($"Line {number} of the patch exchanges a line for nothing.")
            : new CdiffCommand { Verb = CdiffVerb.Exchange, Line = line, Prefix = ReadPrefix(ref rest, number), Text = rest };
    }

    private static CdiffCommand ReadMove(ReadOnlySpan<byte> rest, int number)
    {
        var source = ReadName(NextToken(ref rest), number);
        var target = ReadName(NextToken(ref rest), number);
        var first = ReadLine(ref rest, number);
        var firstPrefix = ReadPrefix(ref rest, number);
        var last = ReadLine(ref rest, number);
        return last < first
            ? throw PatchFault.Malformed($"Line {number} of the patch moves lines that end before they start.")
            : new CdiffCommand
            {
                Verb = CdiffVerb.Move,
                Name = source,
                Target = target,
                Line = first,
                Prefix = firstPrefix,
                LastLine = last,
                LastPrefix = ReadPrefix(ref rest, number),
            };
    }

    private static ReadOnlySpan<byte> NextToken(scoped ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        var token = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return token;
    }

    private static string ReadName(ReadOnlySpan<byte> name, int number)
    {
        var text = Encoding.Latin1.GetString(name);
        return !name.ContainsAnyExcept(NameBytes) && PackageFileName.IsValid(text)
            ? text
            : throw PatchFault.Of(RefusalReason.PathUnsafe, $"Line {number} of the patch names a file that is not allowed: {text}");
    }

    private static long ReadLine(scoped ref ReadOnlySpan<byte> rest, int number) =>
        DecimalNumber.TryRead(NextToken(ref rest), MaxLine, out var line) && line > 0
            ? line
            : throw PatchFault.Malformed($"Line {number} of the patch lacks a line number from 1.");

    private static ReadOnlySpan<byte> ReadPrefix(scoped ref ReadOnlySpan<byte> rest, int number)
    {
        var prefix = NextToken(ref rest);
        return prefix.Length <= MaxPrefixBytes
            ? prefix
            : throw PatchFault.Malformed($"Line {number} of the patch compares more than {MaxPrefixBytes} bytes.");
    }
}
