using Definitions;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>One server of a mirror source.</summary>
/// <param name="url">As configured.</param>
internal sealed class Mirror(string url, IConditionalSource source)
{
    /// <summary>For state, status and messages.</summary>
    public string Url => url;

    /// <summary>True: it could not be reached in this run, so that other databases do not wait for it again.</summary>
    public bool IsDown { get; set; }

    /// <summary>Fetches into a file.</summary>
    /// <returns>Null when the mirror has no such file; none is left then.</returns>
    /// <exception cref="RefusedException"><see cref="RefusalReason.PackageTooLong"/>.</exception>
    /// <exception cref="SourceException">The mirror could not deliver.</exception>
    public async Task<SourceReply?> FetchAsync(
        SourceRequest request, string path, RunJournal journal, CancellationToken cancellationToken)
    {
        SourceReply? reply = null;
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            reply = await FetchAsync(request, file, journal, cancellationToken);
            return reply;
        }
        finally
        {
            if (reply is null)
            {
                File.Delete(path);
            }
        }
    }

    /// <inheritdoc cref="FetchAsync(SourceRequest, string, RunJournal, CancellationToken)"/>
    public async Task<SourceReply?> FetchAsync(
        SourceRequest request, Stream destination, RunJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await source.FetchAsync(request, destination, cancellationToken);
            journal.CountDownload(reply?.Bytes ?? 0);
            return reply;
        }
        catch (SourceException e) when (e.IsTooLong)
        {
            throw new RefusedException(RefusalReason.PackageTooLong, e.Message, e);
        }
    }

    /// <summary>
    /// A small file that may be missing. Buckets without the right to list answer 403 for what is not there, so here,
    /// beside a file that was just served, it means missing and no more.
    /// </summary>
    public async Task<byte[]?> TryFetchSmallAsync(
        string path, int maxBytes, RunJournal journal, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        try
        {
            return await FetchAsync(new SourceRequest(path, maxBytes), content, journal, cancellationToken) is null ? null : content.ToArray();
        }
        catch (SourceException e) when (e.IsForbidden)
        {
            return null;
        }
    }
}
