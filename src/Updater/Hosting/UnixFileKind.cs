using System.Runtime.InteropServices;
using System.Text;

namespace Updater.Hosting;

/// <summary>
/// Tells regular files from pipes, sockets and devices, which the base library shows alike. Opening a pipe would block
/// until somebody writes, and a device has no end.
/// </summary>
internal static class UnixFileKind
{
    // The layout of struct statx is the same on every Linux architecture: stx_mode is at offset 28.
    private const int ModeOffset = 28;
    private const int StructBytes = 256;
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;

    private static readonly string[] GeneratedFileSystems =
        ["proc", "sysfs", "debugfs", "tracefs", "cgroup", "cgroupfs", "cgroup2", "cgroup2fs", "securityfs", "configfs", "bpf_fs", "pstorefs"];

    /// <summary>Follows links. False also when the kind cannot be told: opening then says what is wrong.</summary>
    public static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Directory.Exists(path);
        }

        var status = new byte[StructBytes];
        try
        {
            return StatX(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, TypeOnly, status) == 0
                && (BitConverter.ToUInt16(status, ModeOffset) & KindMask) != Regular;
        }
        catch (EntryPointNotFoundException)
        {
            return Directory.Exists(path);
        }
    }

    /// <summary>
    /// A file that the kernel makes up when it is read, as below <c>/proc</c>: it says length 0, and reading it may
    /// wait for ever. Scanned by its length it would pass as empty.
    /// </summary>
    public static bool IsGenerated(string path) =>
        OperatingSystem.IsLinux() && new FileInfo(path) is { Exists: true, Length: 0 } && IsMadeUp(path);

    /// <summary>A folder in which nobody can make files, as below <c>/proc</c>.</summary>
    public static bool IsGeneratedFolder(string path) => OperatingSystem.IsLinux() && IsMadeUp(path);

    private static bool IsMadeUp(string path)
    {
        try
        {
            return GeneratedFileSystems.Contains(new DriveInfo(Path.GetFullPath(path)).DriveFormat, StringComparer.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, [Out] byte[] status);
}
