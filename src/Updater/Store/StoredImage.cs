using Engine.Images;

namespace Updater.Store;

/// <summary>Looks at an image file of the store before anything uses it.</summary>
internal static class StoredImage
{
    /// <summary>
    /// Reads every byte once: the file has the recorded digest and is an image of this engine's format. That it is so is
    /// remembered (<see cref="VerifiedStamp"/>).
    /// </summary>
    /// <exception cref="ImageException">It is missing, damaged, or of another format.</exception>
    public static void Verify(GenerationStore store, GenerationImage image)
    {
        var path = store.ImageFile(image.Digest);
        var identity = FileIdentity.Read(path);
        try
        {
            Image.VerifyContent(path, image.Digest, CancellationToken.None);
        }
        catch (ImageException e)
        {
            throw new ImageException(e.Fault, $"The image of package {image.Package} cannot be used: {e.Message}", e);
        }

        if (identity is not null)
        {
            store.StampOf(image).TryKeep(identity);
        }
    }

    /// <summary>The same, but a file that was verified before and is unchanged is not read again.</summary>
    /// <returns>True when it was not read.</returns>
    /// <exception cref="ImageException">It is missing, damaged, or of another format.</exception>
    public static bool VerifyOnce(GenerationStore store, GenerationImage image)
    {
        if (store.StampOf(image).Fits)
        {
            return true;
        }

        Verify(store, image);
        return false;
    }
}
