using System.Diagnostics.CodeAnalysis;
using Definitions;
using Definitions.Packages;
using Engine;
using Engine.Images;
using Engine.Objects;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Every sample that a package says must be detected is scanned with the candidate, and the named signature must be
/// among the matches (M-312): a set that lost its signatures is never activated.
/// </summary>
internal static class PositiveProbe
{
    /// <exception cref="RefusedException"><see cref="RefusalReason.ProbeMissed"/>.</exception>
    public static void Check(CandidateGeneration candidate, TimeProvider time, CancellationToken cancellationToken)
    {
        using var active = new ActiveImage();
        active.SwapToFiles(candidate.Record.Id, candidate.ImagePaths);
        var engine = new ScanEngine(active, time, Path.Combine(candidate.StagingFolder, "probe"));
        foreach (var package in candidate.Packages)
        {
            foreach (var probe in package.Manifest?.Probes ?? [])
            {
                if (Miss(engine, probe, cancellationToken) is { } miss)
                {
                    throw new RefusedException(RefusalReason.ProbeMissed, $"{package.Facts.Id}: {miss}{ProbeHint.Of(candidate, miss)}");
                }
            }
        }
    }

    /// <summary>Opens the images and hands them over; the reference closes them.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Swap takes ownership.")]
    public static void SwapToFiles(this ActiveImage active, GenerationId generation, IEnumerable<string> imagePaths) =>
        active.Swap(generation, ImageSet.Open(imagePaths));

    /// <summary>What is wrong with one probe, or null when the signature was found.</summary>
    public static string? Miss(ScanEngine engine, DetectionProbe probe, CancellationToken cancellationToken)
    {
        using var content = new MemoryContent(probe.Content);
        var result = engine.Scan(
            new ScanRequest { Name = probe.Name, Content = content, AllMatches = true }, cancellationToken);
        return result.Matches.Any(match => match.Signature == probe.Signature)
            ? null
            : $"probe '{probe.Name}' was not detected as {probe.Signature} but as {result.Threat ?? "clean"}.";
    }
}
