using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Definitions;
using Engine.Images;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// The throw-away side of <see cref="PackageCompiler"/>: the hidden verb <c>internal compile REQUEST IMAGE REPORT</c>.
/// Compiles, writes the report, prints progress.
/// </summary>
internal static class CompileChild
{
    public const int Compiled = 0;

    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>The input is refused; the last line of output is the reason word, a blank, and the message.</summary>
    public const int Refused = 3;

    /// <summary>The disk is full.</summary>
    public const int NoSpace = 4;

    /// <summary>The words of the hidden verb.</summary>
    public static IReadOnlyList<string> Verb { get; } = ["internal", "compile"];

    /// <summary>True when the command line starts with the hidden verb.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments) =>
        arguments.Count > Verb.Count && arguments.Take(Verb.Count).SequenceEqual(Verb, StringComparer.Ordinal);

    /// <summary>Synchronous to the end: this process has nothing else to do.</summary>
    /// <param name="arguments">The whole command line.</param>
    /// <returns>The process's exit status.</returns>
    [SuppressMessage("Design", "MA0045", Justification = "A process of its own, one thread, a handful of lines.")]
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments.Count != Verb.Count + 3 || CompileJson.TryReadRequest(arguments[Verb.Count], line => Tell(output, line)) is not { } request)
        {
            output.WriteLine("usage: updater internal compile REQUEST IMAGE REPORT");
            return Usage;
        }

        try
        {
            var report = ImageCompiler.Compile(request, arguments[Verb.Count + 1], CancellationToken.None);
            File.WriteAllBytes(arguments[Verb.Count + 2], CompileJson.Write(report));
            return Compiled;
        }
        catch (RefusedException e)
        {
            output.WriteLine($"{e.Reason} {e.Message}");
            return Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.WriteLine(e.Message);
            return DiskFull.Is(e) ? NoSpace : Failed;
        }
    }

    /// <summary>A line of output that tells progress, or null when it is something else.</summary>
    public static CompileProgress? TryReadProgress(string line)
    {
        var words = line.Split(' ');
        return words.Length == 4 && words[0] == "progress"
            && Enum.TryParse<CompileStage>(words[1], out var stage)
            && long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var done)
            && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            ? new CompileProgress(stage, done, total)
            : null;
    }

    [SuppressMessage("Design", "MA0045", Justification = "A process of its own that has nothing else to do.")]
    private static void Tell(TextWriter output, CompileProgress progress) => output.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"progress {progress.Stage} {progress.Done} {progress.Total}"));
}
