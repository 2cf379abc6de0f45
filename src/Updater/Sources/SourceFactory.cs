using Updater.Configuration;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Makes sources of configured ones; owns their HTTP connections. Thread-safe.</summary>
internal sealed class SourceFactory(UpdatesOptions updates, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    /// <summary>A source of any kind, with its own folder below <c>trust/</c>.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>.</exception>
    public IPackageSource Create(SourceOptions options, DataFolders folders) => options.Kind switch
    {
        SourceKinds.ClamAv => new MirrorSource(options, CreateMirrors(options), StateOf(options, folders), updates, time),
        SourceKinds.Files => new FilesSource(options, CreateFiles(options), StateOf(options, folders), time),
        _ => CreateChannel(options, folders),
    };

    /// <summary>A channel with its own trust folder.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>.</exception>
    public ChannelClient CreateChannel(SourceOptions options, DataFolders folders) =>
        new(options.Name, CreateSource(options), TrustFolder(options, folders), options.Root, time);

    /// <summary>By the URL: <c>http(s)://</c>, <c>file://</c>, or a folder.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>.</exception>
    public IConditionalSource CreateSource(SourceOptions options) => CreateSource(options, options.Url);

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private List<Mirror> CreateMirrors(SourceOptions options) =>
        [.. options.Urls.Select(url => new Mirror(url, CreateSource(options, url)))];

    private List<CustomFile> CreateFiles(SourceOptions options) => [.. options.Urls.Select(url =>
        SourceAddress.TryParse(url, out var address)
            ? new CustomFile(address, CreateSource(options, address.Folder))
            : throw NotAUrl(options))];

    private static SourceState StateOf(SourceOptions options, DataFolders folders) =>
        new(Path.Combine(TrustFolder(options, folders), "source.json"));

    /// <summary>The name becomes a folder: anything but plain letters would let it choose another one (GHSA-jqc5-w2xx-5vq4).</summary>
    private static string TrustFolder(SourceOptions options, DataFolders folders) =>
        options.Name.Length is 0 or > 40 || !options.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? throw new SourceException(
                FailureReason.Configuration, $"'{options.Name}' is not a source name; allowed are 1 to 40 of a-z 0-9 -.")
            : Path.Combine(folders.Trust, options.Name);

    private IConditionalSource CreateSource(SourceOptions options, string address)
    {
        if (!address.Contains("://", StringComparison.Ordinal))
        {
            return address.Length > 0 ? new FolderSource(address) : throw NotAUrl(options);
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var url))
        {
            throw NotAUrl(options);
        }

        if (url.IsFile && !url.IsUnc)
        {
            return new FolderSource(url.LocalPath);
        }

        return url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps
            ? new HttpSource(url, ClientOf(options), Limits(), time)
            {
                Token = SourceClient.ReadSecret(options.Access.Token, "token"),
                Via = options.Access.Proxy is "" or "none" ? null : options.Access.Proxy,
            }
            : throw NotAUrl(options);
    }

    private HttpClient ClientOf(SourceOptions options)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue(options.Name, out var client))
            {
                var hosts = options.Urls.Append(options.Url)
                    .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Host : "").ToList();
                client = SourceClient.Create(options.Access, hosts);
                _clients.Add(options.Name, client);
            }

            return client;
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
