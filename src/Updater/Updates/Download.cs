using Updater.Sources;

namespace Updater.Updates;

/// <summary>
/// Bytes that arrived in the run's staging folder for one signed target, from a source or from the operator's hands.
/// Nothing about them is believed yet.
/// </summary>
internal sealed class Download
{
    private Download(string source, ChannelPackage target, string path)
    {
        Source = source;
        Target = target;
        Path = path;
    }

    /// <summary>Name of the source whose metadata names the target.</summary>
    public string Source { get; }

    public ChannelPackage Target { get; }

    public string Path { get; }

    /// <summary>Fetches the target; the length cap is enforced while reading.</summary>
    /// <exception cref="SourceException">The source could not deliver.</exception>
    /// <exception cref="Definitions.RefusedException">Length or digest differ from the signed ones.</exception>
    public static async Task<Download> FetchAsync(
        string source, IPackageSource client, ChannelPackage target, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        var path = PathFor(target, stagingFolder);
        journal.CountDownload(await client.DownloadAsync(target, path, new Forward(journal), cancellationToken));
        return new Download(source, target, path);
    }

    /// <summary>
    /// Takes a file that an operator dropped: moved, so that nobody can change it by name while it is checked, and given
    /// back by <see cref="DropFolder.GiveBack"/> if the run ends before it is unpacked.
    /// </summary>
    public static Download TakeDropped(string source, ChannelPackage target, string droppedFile, string stagingFolder)
    {
        var path = DropFolder.TakenPath(stagingFolder, droppedFile);
        File.Move(droppedFile, path);
        return new Download(source, target, path);
    }

    private static string PathFor(ChannelPackage target, string stagingFolder) =>
        System.IO.Path.Combine(stagingFolder, $"{target.Id}-{target.Sha256.ToShortString()}.tar.zst");

    /// <summary><see cref="Progress{T}"/> would post to the thread pool and report out of order.</summary>
    private sealed class Forward(RunJournal journal) : IProgress<long>
    {
        public void Report(long value) => journal.Advance(value);
    }
}
