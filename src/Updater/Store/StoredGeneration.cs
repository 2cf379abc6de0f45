using Engine.Images;

namespace Updater.Store;

/// <summary>
/// Evidence that a generation of the store can serve: its images have the recorded digests and are open. The only thing
/// that can be activated.
/// </summary>
internal sealed class StoredGeneration : IDisposable
{
    private ImageSet? _images;

    private StoredGeneration(GenerationRecord record, ImageSet images)
    {
        Record = record;
        _images = images;
    }

    public GenerationRecord Record { get; }

    /// <summary>Signatures of the open images.</summary>
    public long Signatures => (_images ?? throw new InvalidOperationException("The generation was activated already.")).SignatureCount;

    /// <summary>Reads every byte of every image once; for the start of a service.</summary>
    /// <exception cref="ImageException">An image is missing, damaged, of another format, or of another package.</exception>
    public static StoredGeneration Open(GenerationStore store, GenerationRecord record)
    {
        foreach (var image in record.Images)
        {
            StoredImage.Verify(store, image);
        }

        return Take(record, ImageSet.Open(store.ImageFiles(record)));
    }

    /// <summary>
    /// Reads the images that were not verified before or changed since; for a swap, which must not take longer the more
    /// there is of what did not change.
    /// </summary>
    /// <exception cref="ImageException">As <see cref="Open"/>.</exception>
    public static StoredGeneration OpenVerified(GenerationStore store, GenerationRecord record)
    {
        foreach (var image in record.Images)
        {
            StoredImage.VerifyOnce(store, image);
        }

        return Take(record, ImageSet.Open(store.ImageFiles(record)));
    }

    /// <summary>
    /// The same for a command that scans and ends: of images that were not read as a whole now, what a scan uses is
    /// compared with its digest when it is used.
    /// </summary>
    /// <exception cref="ImageException">As <see cref="Open"/>.</exception>
    public static StoredGeneration OpenUnchanged(GenerationStore store, GenerationRecord record)
    {
        var opened = new List<Image>();
        try
        {
            foreach (var image in record.Images)
            {
                var path = store.ImageFile(image.Digest);
                opened.Add(StoredImage.VerifyOnce(store, image) ? Image.OpenGuarded(path) : Image.Open(path));
            }

            return Take(record, new ImageSet(opened));
        }
        catch
        {
            opened.ForEach(image => image.Dispose());
            throw;
        }
    }

    private static StoredGeneration Take(GenerationRecord record, ImageSet images)
    {
        try
        {
            return images.Packages.SequenceEqual(record.Packages.Select(package => package.Id))
                ? new StoredGeneration(record, images)
                : throw new ImageException(ImageFault.Damaged, $"The images of generation {record.Id} were compiled from something else.");
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Does what the first scans of a service would otherwise wait for.</summary>
    /// <exception cref="ImageException">An image was damaged after it was verified.</exception>
    public void Prepare() => _images?.Prepare();

    /// <summary>Hands the open images over to the active reference.</summary>
    public void SwapInto(ActiveImage active)
    {
        var images = _images ?? throw new InvalidOperationException("The generation was activated already.");
        _images = null;
        active.Swap(Record.Id, images);
    }

    /// <summary>Closes the images if nobody took them.</summary>
    public void Dispose()
    {
        _images?.Dispose();
        _images = null;
    }
}
