using Engine.Objects;

namespace Updater.Hosting;

/// <summary>Why a path could not be opened for a scan.</summary>
internal enum FileFault
{
    NotFound = 0,
    AccessDenied,
    NotRegular,
    Unreadable,
}

/// <summary>Opens files as scan objects and tells apart why one cannot be.</summary>
internal static class FileScan
{
    /// <summary>The content, or null with the reason in <paramref name="fault"/>. Links are followed.</summary>
    public static ObjectContent? TryOpen(string path, out FileFault fault)
    {
        fault = FileFault.NotFound;
        try
        {
            if (UnixFileKind.IsSpecial(path))
            {
                fault = FileFault.NotRegular;
                return null;
            }

            if (UnixFileKind.IsGenerated(path))
            {
                fault = FileFault.NotRegular;
                return null;
            }

            return FileContent.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            fault = FileFault.AccessDenied;
            return null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            fault = FileFault.Unreadable;
            return null;
        }
    }
}
