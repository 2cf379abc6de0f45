using System.Diagnostics.CodeAnalysis;
using Definitions;
using Engine;
using Engine.Images;

namespace Updater.Gates;

/// <summary>
/// The throw-away side of <see cref="TrialLoad"/>: the hidden verb <c>internal trial-load IMAGE PROBES</c>. Reads every
/// byte of the image, opens it, scans the probes, prints one line.
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

    /// <summary>True when the command line starts with the hidden verb.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments) =>
        arguments.Count > Verb.Count && arguments.Take(Verb.Count).SequenceEqual(Verb, StringComparer.Ordinal);

    /// <summary>Synchronous to the end: this process has nothing else to do.</summary>
    /// <param name="arguments">The whole command line.</param>
    /// <returns>The process's exit status.</returns>
    [SuppressMessage("Design", "MA0045", Justification = "A process of its own, one thread, a handful of lines.")]
    public static int Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (!IsAsked(arguments) || arguments.Count != Verb.Count + 2)
        {
            output.WriteLine("usage: updater internal trial-load IMAGE PROBES");
            return Usage;
        }

        try
        {
            return Load(arguments[Verb.Count], arguments[Verb.Count + 1], output);
        }
        catch (ImageException e)
        {
            output.WriteLine(e.Message);
            return Failed;
        }
    }

    [SuppressMessage("Design", "MA0045", Justification = "A process of its own, one thread, a handful of lines.")]
    private static int Load(string imagePath, string probesPath, TextWriter output)
    {
        // Beside the image, in the run's staging folder: never the system's temporary folder (M-206).
        var scratch = imagePath + ".scratch";
        var probes = ProbeList.TryRead(probesPath);
        if (probes is null)
        {
            output.WriteLine("The list of probes cannot be read.");
            return Failed;
        }

        Image.Verify(imagePath, CancellationToken.None);
        using var active = new ActiveImage();
        active.SwapToFile(new GenerationId(0, default), imagePath);
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
