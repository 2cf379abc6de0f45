using Definitions.Trust;
using Updater.Store;

namespace Updater.Sources;

/// <summary>
/// The trusted metadata of one channel on disk: unversioned names, bytes exactly as received, each file complete or
/// absent (tuf-client.md §3). Holds only what <see cref="TrustedMetadata"/> accepted.
/// </summary>
internal sealed class TrustStore(string folder)
{
    /// <summary>Null when there is none.</summary>
    /// <param name="maxBytes">One byte more than this is read at most: enough for the rules to see that it is too long.</param>
    public async Task<byte[]?> ReadAsync(string role, int maxBytes, CancellationToken cancellationToken) =>
        await ReadFileAsync(PathOf(role), maxBytes, cancellationToken);

    /// <summary>Replaces a role's file. The caller has proof that the bytes were accepted.</summary>
    public async Task WriteAsync(string role, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await AtomicFile.WriteAsync(PathOf(role), bytes, cancellationToken);
    }

    /// <summary>Removes what a kill in the middle of a write has left. For the one owner of the folder, at start.</summary>
    public void Sweep()
    {
        if (Directory.Exists(folder))
        {
            foreach (var leftover in Directory.EnumerateFiles(folder, "*" + AtomicFile.TemporarySuffix))
            {
                File.Delete(leftover);
            }
        }
    }

    /// <summary>Any file, bounded; also the initial root, which lies elsewhere.</summary>
    public static async Task<byte[]?> ReadFileAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var bytes = new byte[Math.Min(stream.Length, maxBytes + 1L)];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return bytes[..read];
    }

    private string PathOf(string role) => Path.Combine(folder, RoleFiles.Local(role));
}
