using Definitions;
using Definitions.Signatures;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>The compiler must have accepted as many signatures of each format as the publisher signed (M-313).</summary>
internal static class SignatureCounts
{
    /// <exception cref="RefusedException"><see cref="RefusalReason.SignatureCount"/>.</exception>
    public static void Check(CandidateGeneration candidate)
    {
        foreach (var package in candidate.Packages)
        {
            if (package.Manifest is not { } manifest)
            {
                continue;
            }

            foreach (var (extension, claimed) in manifest.SignatureCounts)
            {
                // What of such a set loads is the operator's choice.
                if (SignatureParser.IsUnwantedSet("." + extension))
                {
                    continue;
                }

                var accepted = candidate.Report.AcceptedByExtension.GetValueOrDefault($"{manifest.Id.Name}/{extension}");
                if (accepted != claimed)
                {
                    throw new RefusedException(
                        RefusalReason.SignatureCount,
                        $"{manifest.Id} claims {claimed} {extension} signatures; {accepted} were accepted.");
                }
            }
        }
    }
}
