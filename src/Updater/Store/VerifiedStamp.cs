using System.Diagnostics.CodeAnalysis;
using System.Text;
using Definitions;

namespace Updater.Store;

/// <summary>
/// Remembers beside an image that it was compared with its digest byte by byte, and how the file looked to
/// the file system then. A command that scans one file need not read half a gigabyte first; once the file was written to or
/// replaced the stamp no longer fits and the image is read again. Losing a stamp costs time only.
/// </summary>
internal sealed class VerifiedStamp(Digest image, string imagePath)
{
    private const int MaxBytes = 256;

    /// <summary>Behind the name of the image.</summary>
    public const string Suffix = ".verified";

    private string FilePath => imagePath + Suffix;

    /// <summary>True when the file is the one that was verified, unchanged.</summary>
    public bool Fits => JsonText.TryReadFile(FilePath, MaxBytes) is { } text
        && FileIdentity.Read(imagePath) is { } identity
        && Encoding.UTF8.GetString(text) == Content(identity);

    /// <summary>
    /// Keeps what a verification found. Best effort: a user who may only read the folder verifies each time.
    /// </summary>
    /// <param name="identity">Of the file, read before the verification began: a change meanwhile does not fit.</param>
    [SuppressMessage("Design", "MA0045", Justification = "A line of text, behind the reading of a whole image.")]
    public void TryKeep(string identity)
    {
        var content = Content(identity);
        var temporary = $"{FilePath}.{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}";
        try
        {
            if (JsonText.TryReadFile(FilePath, MaxBytes) is { } text && Encoding.UTF8.GetString(text) == content)
            {
                return;
            }

            // Not flushed to the disk: a torn stamp fits nothing.
            File.WriteAllText(temporary, content);
            File.Move(temporary, FilePath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
        }
    }

    private string Content(string identity) => $"1 {image} {identity}\n";

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the image.
        }
    }
}
