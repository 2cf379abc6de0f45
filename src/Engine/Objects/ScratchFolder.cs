using Microsoft.Win32.SafeHandles;

namespace Engine.Objects;

/// <summary>
/// Makes the files that hold what does not fit memory. A file has no name any more once it is open (on Unix it is
/// unlinked at once, on Windows the system deletes it when the handle closes), so even a killed process leaves nothing
/// but what it was creating in that instant; <see cref="Sweep"/> takes that away.
/// </summary>
internal sealed class ScratchFolder(string path)
{
    private const string Extension = ".scratch";

    /// <summary>Removes what a killed process left. Files in use by another process are out of its reach.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        try
        {
            foreach (var file in Directory.EnumerateFiles(path, "*" + Extension))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be read fails again, with its code, when a scan needs it.
        }
    }

    /// <exception cref="ScratchException">The folder or the file cannot be created.</exception>
    public SafeFileHandle Create()
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScratchException(ScanCode.DecTempDirAccessFailed, "The scratch folder cannot be created.", e);
        }

        try
        {
            var file = Path.Combine(path, Guid.NewGuid().ToString("N") + Extension);
            var handle = File.OpenHandle(
                file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete,
                OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(file);
            }

            return handle;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ScratchException(ScanCode.DecTempDirAccessFailed, "The scratch folder is not writable.", e);
        }
        catch (IOException e)
        {
            throw new ScratchException(ScanCode.DecTempfileAccessFailed, "A scratch file cannot be created.", e);
        }
    }
}

/// <summary>Scratch space could not be used; carries the code that the scan reports.</summary>
internal sealed class ScratchException(ScanCode code, string message, Exception innerException)
    : IOException(message, innerException)
{
    public ScanCode Code { get; } = code;
}
