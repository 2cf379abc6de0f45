using System.Globalization;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// A channel that lies in a folder: a mirror, a mounted share, a memory stick. Reads plain files below its base and
/// nothing else, whatever the path or a link in the folder says.
/// </summary>
internal sealed class FolderSource : IConditionalSource
{
    private readonly string _base;

    /// <param name="folder">Absolute or relative to the working directory; may appear later (a stick).</param>
    public FolderSource(string folder)
    {
        _base = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        DisplayUrl = new Uri(_base + Path.DirectorySeparatorChar).AbsoluteUri;
    }

    public string DisplayUrl { get; }

    /// <inheritdoc/>
    public async Task<SourceCopy?> CopyAsync(
        string path, Stream destination, long maxBytes, CancellationToken cancellationToken) =>
        await FetchAsync(new SourceRequest(path, maxBytes), destination, cancellationToken) is { } reply
            ? new SourceCopy(reply.Bytes)
            : null;

    /// <inheritdoc/>
    /// <remarks>
    /// A copied file may keep an old time, so "not modified" means the same time and length, told by the tag; a time
    /// alone decides nothing.
    /// </remarks>
    public async Task<SourceReply?> FetchAsync(SourceRequest request, Stream destination, CancellationToken cancellationToken)
    {
        var path = request.Path;
        if (!Directory.Exists(_base))
        {
            throw new SourceException(FailureReason.SourceUnreachable, $"The folder {DisplayUrl} does not exist.");
        }

        var file = new FileInfo(Resolve(path));
        if (!file.Exists)
        {
            return null;
        }

        // Pipes, devices and sockets say 0 bytes. Opening a pipe would wait for ever, so nothing of 0 bytes is opened.
        if (file.Length == 0)
        {
            return new SourceReply(0, IsNotModified: false, null, null);
        }

        var modified = new DateTimeOffset(file.LastWriteTimeUtc);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{modified.UtcTicks:x}-{file.Length:x}\"");
        if (request.IfNoneMatch == tag)
        {
            return new SourceReply(0, IsNotModified: true, tag, modified);
        }

        await using var stream = Open(file);
        await using var limited = StreamStart.Of(stream, request.FirstBytes);
        var bytes = await BoundedCopy.RunAsync(limited, destination, request.MaxBytes, Describe(path), onRead: null, cancellationToken);
        return new SourceReply(bytes, IsNotModified: false, tag, modified);
    }

    private FileStream Open(FileInfo file)
    {
        try
        {
            return file.Open(new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                FailureReason.SourceUnreachable, $"{DisplayUrl}: {file.Name} cannot be read. {e.Message}", null, e);
        }
    }

    /// <summary>
    /// The file of a relative URL path. Decoded as a web server would, then every part must be a plain name and no link:
    /// where a link ends depends on other links on its way, and the publisher makes none.
    /// </summary>
    private string Resolve(string path)
    {
        var current = _base;
        foreach (var part in Uri.UnescapeDataString(path).Split('/'))
        {
            current = part is "" or "." or ".." || part.AsSpan().ContainsAny('\\', '\0', ':')
                ? throw Outside(path)
                : Path.Combine(current, part);
            if (new FileInfo(current).LinkTarget is not null)
            {
                throw Outside(path);
            }
        }

        return current;
    }

    private string Describe(string path) => $"{DisplayUrl}{path}";

    private SourceException Outside(string path) => new(
        FailureReason.SourceAnswer, $"'{path}' leads outside of {DisplayUrl} and was not opened.");
}
