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
        foreach (var image in candidate.Compiled)
        {
            if (image.Package.Manifest is not { } manifest)
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

                var accepted = image.Report.AcceptedByExtension.GetValueOrDefault($"{manifest.Id.Name}/{extension}");
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
