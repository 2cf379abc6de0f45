using Updater.Configuration;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Makes sources and channels of configured ones; owns the HTTP connections they share. Thread-safe.</summary>
internal sealed class SourceFactory(UpdatesOptions updates, TimeProvider time) : IDisposable
{
    private readonly Lazy<HttpClient> _client = new(HttpSource.CreateClient);

    /// <summary>A channel with its own trust folder.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>.</exception>
    public ChannelClient CreateChannel(SourceOptions options, DataFolders folders)
    {
        // The name becomes a folder: anything but plain letters would let it choose another one (GHSA-jqc5-w2xx-5vq4).
        if (options.Name.Length is 0 or > 40
            || !options.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw new SourceException(
                FailureReason.Configuration, $"'{options.Name}' is not a source name; allowed are 1 to 40 of a-z 0-9 -.");
        }

        return new ChannelClient(
            options.Name, CreateSource(options), Path.Combine(folders.Trust, options.Name), options.Root, time);
    }

    /// <summary>By the URL: <c>http(s)://</c>, <c>file://</c>, or a folder.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>.</exception>
    public IDefinitionSource CreateSource(SourceOptions options)
    {
        if (!options.Url.Contains("://", StringComparison.Ordinal))
        {
            return options.Url.Length > 0 ? new FolderSource(options.Url) : throw NotAUrl(options);
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url))
        {
            throw NotAUrl(options);
        }

        if (url.IsFile && !url.IsUnc)
        {
            return new FolderSource(url.LocalPath);
        }

        return url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps
            ? new HttpSource(url, _client.Value, Limits(), time)
            : throw NotAUrl(options);
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private HttpSourceLimits Limits() => new()
    {
        Total = updates.DownloadTimeout,
        Retries = updates.Retries,
        RetryDelay = updates.RetryDelay,
    };

    private static SourceException NotAUrl(SourceOptions options) => new(
        FailureReason.Configuration,
        $"The url of source '{options.Name}' is none of https://…, http://…, file://… or a folder.");
}
