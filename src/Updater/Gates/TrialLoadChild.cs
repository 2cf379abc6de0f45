using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Definitions;
using Engine;
using Engine.Images;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// The throw-away side of <see cref="TrialLoad"/>: the hidden verb <c>internal trial-load PROBES NEW IMAGE...</c>. Reads
/// every byte of the new images, opens all, scans the probes, prints one line.
/// </summary>
internal static class TrialLoadChild
{
    public const int Passed = 0;

    public const int Failed = 1;

    public const int Usage = 2;

    public const int ProbeMissed = 3;

    /// <summary>Demanded beside the status: a program that does nothing at all also ends with 0.</summary>
    public const string PassedWord = "trial-load passed";

    /// <summary>The words of the hidden verb.</summary>
    public static IReadOnlyList<string> Verb { get; } = ["internal", "trial-load"];

    /// <summary>The command line behind the program: the images compiled now come first.</summary>
    public static IEnumerable<string> ArgumentsFor(CandidateGeneration candidate, string probes)
    {
        var fresh = candidate.Compiled.Select(image => image.Path).ToList();
        return [.. Verb, probes, fresh.Count.ToString(CultureInfo.InvariantCulture), .. fresh, .. candidate.ImagePaths.Except(fresh, StringComparer.Ordinal)];
    }

    /// <summary>True when the command line starts with the hidden verb.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments) =>
        arguments.Count > Verb.Count && arguments.Take(Verb.Count).SequenceEqual(Verb, StringComparer.Ordinal);

    /// <summary>Synchronous to the end: this process has nothing else to do.</summary>
    /// <param name="arguments">The whole command line.</param>
    /// <returns>The process's exit status.</returns>
    [SuppressMessage("Design", "MA0045", Justification = "A process of its own, one thread, a handful of lines.")]
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (!IsAsked(arguments) || arguments.Count < Verb.Count + 3
            || !int.TryParse(arguments[Verb.Count + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var fresh))
        {
            output.WriteLine("usage: updater internal trial-load PROBES NEW IMAGE...");
            return Usage;
        }

        try
        {
            return Load(arguments[Verb.Count], fresh, [.. arguments.Skip(Verb.Count + 2)], output);
        }
        catch (ImageException e)
        {
            output.WriteLine(e.Message);
            return Failed;
        }
    }

    [SuppressMessage("Design", "MA0045", Justification = "A process of its own, one thread, a handful of lines.")]
    private static int Load(string probesPath, int fresh, IReadOnlyList<string> imagePaths, TextWriter output)
    {
        // Beside the probes, in the run's staging folder: never the system's temporary folder (M-206).
        var scratch = probesPath + ".scratch";
        var probes = ProbeList.TryRead(probesPath);
        if (probes is null)
        {
            output.WriteLine("The list of probes cannot be read.");
            return Failed;
        }

        foreach (var image in imagePaths.Take(fresh))
        {
            Image.Verify(image, CancellationToken.None);
        }

        using var active = new ActiveImage();
        active.SwapToFiles(new GenerationId(0, default), imagePaths);
        var engine = new ScanEngine(active, TimeProvider.System, scratch);
        foreach (var probe in probes)
        {
            if (PositiveProbe.Miss(engine, probe, CancellationToken.None) is { } miss)
            {
                output.WriteLine(miss);
                return ProbeMissed;
            }
        }

        output.WriteLine($"{PassedWord}: {probes.Count} probes");
        return Passed;
    }
}
