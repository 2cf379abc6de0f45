using System.Diagnostics.CodeAnalysis;
using Definitions;
using Engine.Images;

namespace Updater.Store;

/// <summary>Looks at an image file of the store before anything uses it.</summary>
internal static class StoredImage
{
    /// <summary>Reads every byte once: the file has the recorded digest and is an image of this engine's format.</summary>
    /// <exception cref="ImageException">It is missing, damaged, or of another format.</exception>
    [SuppressMessage("Design", "MA0045", Justification = "Reads and hashes a whole image: bound by the disk and the processor, not by waiting.")]
    public static void Check(GenerationStore store, GenerationImage image)
    {
        var path = store.ImageFile(image.Digest);
        try
        {
            using var file = File.OpenRead(path);
            if (Digest.Of(file) != image.Digest)
            {
                throw new ImageException(ImageFault.Damaged, $"The image of package {image.Package} has another digest than recorded.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageFault.NotFound, $"The image of package {image.Package} cannot be read: {e.Message}", e);
        }

        using var opened = Image.Open(path);
    }
}
