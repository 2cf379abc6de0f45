using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Store;

namespace Updater.Updates;

/// <summary>The image of one package of a candidate: taken over from the store, or still to be compiled.</summary>
internal sealed class CandidateImage
{
    private CandidateImage(IncomingPackage package, CompileRequest request, Digest key, DateTimeOffset planned)
    {
        Package = package;
        Request = request;
        Key = key;
        Planned = planned;
    }

    public IncomingPackage Package { get; }

    public DateTimeOffset Planned { get; }

    /// <summary>What to compile; the generation's number is the first that has this image.</summary>
    public CompileRequest Request { get; }

    /// <summary>
    /// Of package, archive, engine and options, so that unchanged files need not be read. Ignore entries that name a line
    /// of another package's files are in it too.
    /// </summary>
    public Digest Key { get; }

    /// <summary>Bytes of the signature files.</summary>
    public long SourceBytes => Package.Files.Sum(file => new FileInfo(file).Length);

    /// <summary>One for each package, in the order of the names.</summary>
    /// <param name="number">The new generation's number.</param>
    /// <param name="progress">Told often, from any thread, how far the compiler of one package is.</param>
    /// <exception cref="IOException">An ignore list cannot be read.</exception>
    public static IReadOnlyList<CandidateImage> Plan(
        IEnumerable<IncomingPackage> packages, long number, UnwantedPolicy unwanted, DateTimeOffset now, Action<CompileProgress> progress)
    {
        var sorted = packages.OrderBy(package => package.Facts.Id.Name, StringComparer.Ordinal).ToList();
        var inputs = sorted.Select(package => new CompileInput(
            package.Facts.Id, package.Facts.IsOfficial, IsLenient: !package.Facts.IsOfficial, package.Files)).ToList();
        var ignored = inputs.Select(IgnoreEntries.OfLines).ToList();
        return [.. sorted.Select((package, i) =>
        {
            var request = new CompileRequest
            {
                Inputs = [inputs[i]],
                GenerationNumber = number,
                Unwanted = unwanted,
                Progress = progress,
                IgnoredElsewhere = [.. ignored.Where((_, other) => other != i).SelectMany(entries => entries)],
            };
            return new CandidateImage(package, request, KeyOf(package.Facts, request), now);
        })];
    }

    /// <summary>The stored image with this key that is whole; null when there is none.</summary>
    public GenerationImage? FindStored(GenerationStore store, IReadOnlyList<GenerationRecord> kept)
    {
        foreach (var known in kept.SelectMany(record => record.Images).Where(image => image.Key == Key))
        {
            try
            {
                StoredImage.VerifyOnce(store, known);
                return known;
            }
            catch (ImageException)
            {
                // Damaged or gone: it is compiled again, which also mends it.
            }
        }

        return null;
    }

    private static Digest KeyOf(GenerationPackage package, CompileRequest request)
    {
        var text = new StringBuilder()
            .AppendLine(ImageCompiler.FormatDigest.ToString())
            .AppendLine($"{package.Id} {package.Archive} {(package.IsOfficial ? "official" : "unofficial")}")
            .AppendLine(request.Unwanted.IsLoaded ? request.Unwanted.Key : "");
        foreach (var entry in request.IgnoredElsewhere)
        {
            text.AppendLine($"{entry.Name}:{Convert.ToHexString(entry.LineMd5!.Value.Span)}");
        }

        return new Digest(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
