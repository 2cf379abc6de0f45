using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Updater.Store;

/// <summary>
/// What the file system says of a file that changes when its bytes do: length, times of change and, on Linux, inode
/// and time of status change, which no program can set back. Equal identities mean that nobody wrote to the file; a disk
/// that went bad does not show.
/// </summary>
internal static class FileIdentity
{
    // struct statx, the same on every Linux architecture: stx_ino, stx_size, stx_ctime, stx_mtime.
    private const int InodeOffset = 32;
    private const int LengthOffset = 40;
    private const int ChangeOffset = 96;
    private const int WriteOffset = 112;
    private const int StructBytes = 256;
    private const int CurrentFolder = -100;
    private const uint Wanted = 0x40 | 0x80 | 0x100 | 0x200; // STATX_MTIME, _CTIME, _INO, _SIZE

    /// <summary>One line of text; null when the file cannot be looked at.</summary>
    public static string? Read(string path)
    {
        var file = new FileInfo(path);
        try
        {
            if (!file.Exists)
            {
                return null;
            }

            return OperatingSystem.IsLinux() && ReadStatus(path) is { } status
                ? status
                : string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks} {file.CreationTimeUtc.Ticks}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadStatus(string path)
    {
        var status = new byte[StructBytes];
        try
        {
            return StatX(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, Wanted, status) != 0 ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"{Long(status, LengthOffset)} {Time(status, WriteOffset)} {Time(status, ChangeOffset)} {(ulong)Long(status, InodeOffset)}");
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static long Long(byte[] status, int at) => BinaryPrimitives.ReadInt64LittleEndian(status.AsSpan(at));

    private static string Time(byte[] status, int at) => string.Create(
        CultureInfo.InvariantCulture, $"{Long(status, at)}.{BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(at + 8)):D9}");

    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, [Out] byte[] status);
}
