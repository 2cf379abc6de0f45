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

    /// <summary>Checks every image; see <see cref="StoredImage.Check"/>.</summary>
    /// <exception cref="ImageException">An image is missing, damaged, of another format, or of another package.</exception>
    public static StoredGeneration Open(GenerationStore store, GenerationRecord record)
    {
        foreach (var image in record.Images)
        {
            StoredImage.Check(store, image);
        }

        var images = ImageSet.Open(store.ImageFiles(record));
        if (!images.Packages.SequenceEqual(record.Packages.Select(package => package.Id)))
        {
            images.Dispose();
            throw new ImageException(ImageFault.Damaged, $"The images of generation {record.Id} were compiled from something else.");
        }

        try
        {
            images.Prepare();
            return new StoredGeneration(record, images);
        }
        catch (ImageException)
        {
            images.Dispose();
            throw;
        }
    }

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
