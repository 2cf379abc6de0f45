using System.Diagnostics.CodeAnalysis;
using Definitions;
using Engine.Images;

namespace Updater.Store;

/// <summary>
/// Evidence that a generation of the store can serve: its image has the recorded digest and is open. The only thing
/// that can be activated.
/// </summary>
internal sealed class StoredGeneration : IDisposable
{
    private Image? _image;

    private StoredGeneration(GenerationRecord record, Image image)
    {
        Record = record;
        _image = image;
    }

    public GenerationRecord Record { get; }

    /// <summary>Signatures of the open image.</summary>
    public long Signatures => (_image ?? throw new InvalidOperationException("The generation was activated already.")).SignatureCount;

    /// <summary>Reads every byte of the image once, and remembers it (<see cref="VerifiedStamp"/>).</summary>
    /// <exception cref="ImageException">The image is missing, damaged, or of another format.</exception>
    public static StoredGeneration Open(GenerationStore store, GenerationRecord record)
    {
        Verify(store, record);
        return Take(record, Image.Open(store.ImageFile(record.ImageDigest)));
    }

    /// <summary>
    /// The same for a command that scans and ends: an image that was verified before and is unchanged is not read as a
    /// whole again; what a scan uses of it is.
    /// </summary>
    /// <exception cref="ImageException">The image is missing, damaged, or of another format.</exception>
    public static StoredGeneration OpenUnchanged(GenerationStore store, GenerationRecord record)
    {
        var path = store.ImageFile(record.ImageDigest);
        if (store.StampOf(record).Fits)
        {
            return Take(record, Image.OpenGuarded(path));
        }

        Verify(store, record);
        return Take(record, Image.Open(path));
    }

    [SuppressMessage("Design", "MA0045", Justification = "Reads and hashes a whole image: bound by the disk and the processor, not by waiting.")]
    private static void Verify(GenerationStore store, GenerationRecord record)
    {
        var path = store.ImageFile(record.ImageDigest);
        var identity = FileIdentity.Read(path);
        try
        {
            using var file = File.OpenRead(path);
            if (Digest.Of(file) != record.ImageDigest)
            {
                throw new ImageException(ImageFault.Damaged, $"The image of generation {record.Id} has another digest than recorded.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageFault.NotFound, $"The image of generation {record.Id} cannot be read: {e.Message}", e);
        }

        if (identity is not null)
        {
            store.StampOf(record).TryKeep(identity);
        }
    }

    private static StoredGeneration Take(GenerationRecord record, Image image)
    {
        if (image.InputDigest != record.Id.Digest)
        {
            image.Dispose();
            throw new ImageException(ImageFault.Damaged, $"The image of generation {record.Id} was compiled from something else.");
        }

        return new StoredGeneration(record, image);
    }

    /// <summary>Hands the open image over to the active reference.</summary>
    public void SwapInto(ActiveImage active)
    {
        var image = _image ?? throw new InvalidOperationException("The generation was activated already.");
        _image = null;
        active.Swap(Record.Id, image);
    }

    /// <summary>Closes the image if nobody took it.</summary>
    public void Dispose()
    {
        _image?.Dispose();
        _image = null;
    }
}
