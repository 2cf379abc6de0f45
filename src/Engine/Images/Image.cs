using Definitions;

namespace Engine.Images;

/// <summary>
/// One opened image: a read-only memory map with bounds-checked views. Opening parses nothing that grows with the
/// number of signatures. Thread-safe after opening.
/// </summary>
public sealed class Image : IDisposable
{
    private Image() => throw new NotImplementedException();

    /// <summary>Digest of the inputs it was compiled from.</summary>
    public Digest InputDigest { get; }

    public long GenerationNumber { get; }

    /// <summary>Signatures that can be reported.</summary>
    public long SignatureCount { get; }

    /// <summary>The packages inside, in the order of the compile request.</summary>
    public IReadOnlyList<PackageId> Packages { get; } = [];

    /// <summary>Maps the file and checks magic, format, length, header digest and section directory.</summary>
    /// <exception cref="ImageException">The file is not an image that this engine can use.</exception>
    public static Image Open(string path) => throw new NotImplementedException();

    /// <summary>Reads every byte and compares every section's checksum; done once when an image is installed.</summary>
    /// <exception cref="ImageException">A checksum differs.</exception>
    public static void Verify(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Unmaps. The caller makes sure that no scan uses it: see <c>ActiveImage</c>.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>Why an image is refused.</summary>
public enum ImageFault
{
    NotFound,
    Unreadable,
    NotAnImage,
    FormatTooNew,
    FormatTooOld,
    Truncated,
    Damaged,
}

/// <summary>An image file cannot be used.</summary>
public sealed class ImageException(ImageFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public ImageFault Fault { get; } = fault;
}
