using Testing;
using Updater.Sources;

namespace Updater.Tests.Sources;

/// <summary>Serves a <see cref="TrustRepository"/>'s files and remembers what was asked for.</summary>
internal sealed class MemorySource(TrustRepository repository) : IDefinitionSource
{
    public string DisplayUrl => "memory:/";

    public List<string> Requests { get; } = [];

    /// <summary>Answers before the files do; null = ask the files.</summary>
    public Func<string, byte[]?>? Override { get; set; }

    public async Task<SourceCopy?> CopyAsync(
        string path, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        Requests.Add(path);
        var bytes = Override?.Invoke(path);
        if (bytes is null && !repository.Files.TryGetValue(path, out bytes))
        {
            return null;
        }

        using var body = new MemoryStream(bytes);
        return new SourceCopy(
            await BoundedCopy.RunAsync(body, destination, maxBytes, path, onRead: null, cancellationToken));
    }
}
