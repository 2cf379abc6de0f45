using Definitions;
using Definitions.Signatures;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// A generation that can report nothing would call every file clean: it is never activated, wherever its packages come from.
/// Lists that allow, ignore or steer are no signatures; beside some they are welcome.
/// </summary>
internal static class SignaturesPresent
{
    /// <exception cref="RefusedException"><see cref="RefusalReason.NoSignatures"/>.</exception>
    public static void Check(CandidateGeneration candidate)
    {
        if (candidate.Record.Signatures > 0)
        {
            return;
        }

        var unwanted = candidate.Record.Unwanted is null
            && candidate.Packages.SelectMany(package => package.Files).Any(file => SignatureParser.IsUnwantedSet(Path.GetFileName(file)));
        throw new RefusedException(
            RefusalReason.NoSignatures,
            $"No signature at all is in {string.Join(", ", candidate.Packages.Select(package => package.Facts.Id))}: every file would pass as clean."
            + (unwanted ? " Sets of potentially unwanted programs load with engine.detectPua." : ""));
    }
}
