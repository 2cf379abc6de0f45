using Engine.Objects;

namespace Updater.Hosting;

/// <summary>Why a path could not be opened for a scan.</summary>
internal enum FileFault
{
    NotFound = 0,
    AccessDenied,
    NotRegular,
    Unreadable,

    /// <summary>The name holds bytes that are no UTF-8: what it says here may be another file's name.</summary>
    NameNotText,
}

/// <summary>Opens files as scan objects and tells apart why one cannot be.</summary>
internal static class FileScan
{
    /// <summary>
    /// False for a path in which bytes that are no UTF-8 were replaced: it would open another file or none. The
    /// replacement character itself is taken for one of those, since nobody can tell.
    /// </summary>
    public static bool IsText(string path) => !path.Contains('\uFFFD', StringComparison.Ordinal);

    /// <summary>The content, or null with the reason in <paramref name="fault"/>. Links are followed.</summary>
    public static ObjectContent? TryOpen(string path, out FileFault fault)
    {
        fault = FileFault.NotFound;
        try
        {
            if (!IsText(path))
            {
                fault = FileFault.NameNotText;
                return null;
            }

            if (UnixFileKind.IsSpecial(path) || UnixFileKind.IsGenerated(path))
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
