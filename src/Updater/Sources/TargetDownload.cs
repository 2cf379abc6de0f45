using Definitions;
using Definitions.Trust;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>One target from a source into a file that is complete and checked, or absent (tuf-client.md §5.7).</summary>
internal static class TargetDownload
{
    /// <summary>Ends the name of an unfinished download, in the folder of the finished one.</summary>
    public const string PartialSuffix = ".part" + AtomicFile.TemporarySuffix;

    /// <summary>True when the file is there already, every byte checked.</summary>
    public static async Task<bool> FitsAsync(string path, TargetFile target, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != target.Length)
        {
            return false;
        }

        await using var stream = file.OpenRead();
        using var sha256 = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var sha512 = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA512);
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            sha256.AppendData(buffer, 0, read);
            sha512.AppendData(buffer, 0, read);
        }

        return target.Hashes.Fit(Digest.Of(sha256), sha512.GetHashAndReset());
    }

    public static async Task RunAsync(
        IDefinitionSource source,
        string urlPath,
        TargetFile target,
        string destinationPath,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var partial = destinationPath + PartialSuffix;
        try
        {
            await using (var file = new FileStream(partial, OptionsFor(target)))
            {
                await using var stream = new TargetStream(file, progress);
                if (await source.CopyAsync(urlPath, stream, target.Length, cancellationToken) is null)
                {
                    throw new SourceException(
                        FailureReason.SourceAnswer, $"{source.DisplayUrl} has no {urlPath}, which it signed.");
                }

                stream.Demand(target);
                file.SetLength(target.Length);
                file.Flush(flushToDisk: true);
            }

            AtomicFile.Rename(partial, destinationPath);
        }
        catch (SourceException e) when (e.IsTooLong)
        {
            throw new RefusedException(
                RefusalReason.PackageTooLong, $"'{target.Path}' is longer than the signed {target.Length} bytes.", e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>The whole length is reserved first: a full disk shows before the transfer, not near its end (M-207).</summary>
    private static FileStreamOptions OptionsFor(TargetFile target) => new()
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Share = FileShare.None,
        Options = FileOptions.Asynchronous,
        PreallocationSize = target.Length,
    };
}
