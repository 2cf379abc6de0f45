using System.Globalization;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// The rule about free space (M-207): on every volume that an update uses, at least the larger of the configured
/// floor and the computed need must be free; exactly enough passes.
/// </summary>
/// <param name="minFreeBytes">The floor; 3 GB in the original.</param>
/// <param name="freeBytes">Free bytes for this user on the volume that holds a folder; null asks the system.</param>
internal sealed class FreeSpace(long minFreeBytes, Func<string, long>? freeBytes = null)
{
    private readonly Func<string, long> _freeBytes = freeBytes ?? (folder => new DriveInfo(folder).AvailableFreeSpace);

    /// <summary>
    /// What a package needs: packed and unpacked bytes and the delta's base, and a tenth on top for file system
    /// overhead, rounded up (update-side.md §8.9).
    /// </summary>
    public static long Need(long packedBytes, long unpackedBytes, long deltaBaseBytes)
    {
        var sum = checked(packedBytes + unpackedBytes + deltaBaseBytes);
        return checked(sum + (sum + 9) / 10);
    }

    /// <summary>Checks every volume an update uses.</summary>
    /// <exception cref="UpdateFailedException"><see cref="FailureReason.DiskSpace"/>.</exception>
    public void Demand(DataFolders folders, long computedBytes, string purpose)
    {
        foreach (var folder in (string[])[folders.Staging, folders.Incoming, folders.Generations])
        {
            Demand(folder, computedBytes, purpose);
        }
    }

    /// <summary>Free bytes on the volume that holds the folder.</summary>
    public long Available(string folder) => _freeBytes(folder);

    private void Demand(string folder, long computedBytes, string purpose)
    {
        var need = Math.Max(minFreeBytes, computedBytes);
        var free = _freeBytes(folder);
        if (free < need)
        {
            throw new UpdateFailedException(FailureReason.DiskSpace, string.Create(
                CultureInfo.InvariantCulture,
                $"{purpose} needs {need} free bytes on the volume of {folder}; {free} are free."));
        }
    }
}
