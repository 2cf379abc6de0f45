using System.Text;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Packages;
using Definitions.Trust;
using Updater.Publishing;

namespace Testing;

/// <summary>
/// A publisher with its own keys and channel in a temporary folder, signing with the product's own publisher. Serve
/// <see cref="ChannelFolder"/> with <see cref="ChannelServer"/>, or use it as a folder source. It misbehaves on request,
/// until <see cref="Repair"/>.
/// </summary>
public sealed class SimulatedPublisher : IDisposable
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(30);
    private readonly TempFolder _folder = new();
    private readonly ChannelPublisher _publisher;
    private readonly KeyFolder _keys;
    private readonly Dictionary<string, byte[]> _originals = new(StringComparer.Ordinal);

    // Every timestamp that was published, oldest first: what a rollback shows again.
    private readonly List<byte[]> _timestamps = [];

    /// <param name="time">The publisher's clock; null = the system's.</param>
    public SimulatedPublisher(TimeProvider? time = null)
    {
        ChannelFolder = _folder.Path("channel");
        _keys = new KeyFolder(_folder.Path("keys"));
        _publisher = new ChannelPublisher(ChannelFolder, time ?? TimeProvider.System);
        _publisher.Init(_keys, threshold: 1, KeyScheme.EcdsaP256, MetadataLifetimes.All(DefaultLifetime));
        InitialRootPath = _folder.Write("initial-root.json", File.ReadAllBytes(_publisher.Files.RootFile(1)));
        Remember();
    }

    /// <summary>The served tree: <c>metadata/</c> and <c>targets/</c>.</summary>
    public string ChannelFolder { get; }

    /// <summary>Root version 1, as a client gets it out of band.</summary>
    public string InitialRootPath { get; }

    public string TimestampPath => _publisher.Files.MetadataFile("timestamp.json");

    /// <summary>Builds and signs one release.</summary>
    public PackageId Publish(string package, string version, params (string Name, string Content)[] files) =>
        Publish(package, version, files.ToDictionary(f => f.Name, f => Encoding.Latin1.GetBytes(f.Content), StringComparer.Ordinal));

    /// <inheritdoc cref="Publish(string, string, ValueTuple{string, string}[])"/>
    /// <param name="probes">Samples that must be detected.</param>
    /// <param name="minimumEngine">Null = 1.0.0.0.</param>
    public PackageId Publish(
        string package,
        string version,
        IReadOnlyDictionary<string, byte[]> files,
        IReadOnlyList<DetectionProbe>? probes = null,
        Version? minimumEngine = null)
    {
        using var source = new TempFolder();
        foreach (var (name, content) in files)
        {
            source.Write(name, content);
        }

        var id = new PackageId(package, DefinitionsVersion.Parse(version));
        new PackageBuilder(_publisher).Build(
            new BuildRequest(id, source.Root, minimumEngine ?? new Version(1, 0, 0, 0), probes ?? []), CancellationToken.None);
        Sign();
        return id;
    }

    /// <summary>
    /// Signs any bytes as a package: hostile archives, or manifests that say something else than the signed target.
    /// </summary>
    public PackageId PublishBytes(string package, string version, byte[] content, long unpackedBytes = 0)
    {
        var id = new PackageId(package, DefinitionsVersion.Parse(version));
        var built = new BuiltPackage(
            id, _publisher.NextSequence(id), content.Length, Digest.Of(content), unpackedBytes, new Version(1, 0, 0, 0));
        ChannelFiles.Write(_publisher.Files.TargetFile(built.UrlPath), content);
        PendingBuilds.Load(_publisher.Files).Add(built);
        Sign();
        return id;
    }

    /// <summary>Signs snapshot and timestamp anew; a negative or zero lifetime makes them expired from the start.</summary>
    public void Refresh(TimeSpan? lifetime = null)
    {
        _publisher.Refresh(_keys, MetadataLifetimes.All(lifetime ?? DefaultLifetime));
        Remember();
    }

    /// <summary>Signs the timestamp anew, expired since an hour; everything else stays good.</summary>
    public void ExpireTimestamp()
    {
        _publisher.Refresh(
            _keys, MetadataLifetimes.All(DefaultLifetime) with { Timestamp = -TimeSpan.FromHours(1) });
        Remember();
    }

    /// <summary>Publishes the next root with new keys for these roles (<c>root targets snapshot timestamp</c>).</summary>
    public void RotateRoot(params string[] roles)
    {
        _publisher.RotateRoot(_keys, roles, KeyScheme.EcdsaP256, MetadataLifetimes.All(DefaultLifetime));
        Remember();
    }

    /// <summary>The served package file.</summary>
    public string PackagePath(PackageId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Directory.GetFiles(Path.Combine(ChannelFolder, "targets", id.Name), $"*.{id}.tar.zst").Single();
    }

    /// <summary>Flips one bit in the middle of the package.</summary>
    public void TamperPackage(PackageId id) => Replace(PackagePath(id), bytes =>
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    });

    /// <summary>Cuts the package to half its length.</summary>
    public void TruncatePackage(PackageId id) => Replace(PackagePath(id), bytes => bytes[..(bytes.Length / 2)]);

    /// <summary>Appends bytes to the package.</summary>
    public void LengthenPackage(PackageId id, int bytes = 1) => Replace(PackagePath(id), old => [.. old, .. new byte[bytes]]);

    /// <summary>The timestamp is signed, but by a key that the root does not name.</summary>
    public void SignTimestampWithWrongKey() => Replace(TimestampPath, bytes =>
        SignedMetadata.Sign(SignedMetadata.Read(bytes), [SigningKey.Generate(KeyScheme.EcdsaP256)]));

    /// <summary>Serves the first timestamp again, which names the channel as it was in the beginning.</summary>
    public void RollBackTimestamp() => Replace(TimestampPath, _ => _timestamps[0]);

    /// <summary>A newer timestamp, rightly signed, that names the first snapshot.</summary>
    public void RollBackSnapshot() => Replace(TimestampPath, bytes =>
    {
        var channel = PublishedChannel.Load(_publisher.Files, initialRoot: null, DateTimeOffset.MinValue);
        var timestamp = SignedMetadata.Read(bytes);
        timestamp["version"] = SignedMetadata.VersionOf(timestamp) + 1;
        timestamp["meta"] = new JsonObject { ["snapshot.json"] = new JsonObject { ["version"] = 1 } };
        var signer = new ChannelSigner(_publisher.Files, TimeProvider.System, _keys.Load(), MetadataLifetimes.Default);
        return SignedMetadata.Sign(timestamp, signer.KeysOf(channel.Root, "timestamp"));
    });

    /// <summary>Takes back every misbehaviour that replaced a file.</summary>
    public void Repair()
    {
        foreach (var (path, content) in _originals)
        {
            File.WriteAllBytes(path, content);
        }

        _originals.Clear();
    }

    public void Dispose() => _folder.Dispose();

    private void Sign()
    {
        _publisher.Sign(_keys, MetadataLifetimes.All(DefaultLifetime));
        Remember();
    }

    private void Remember() => _timestamps.Add(File.ReadAllBytes(TimestampPath));

    private void Replace(string path, Func<byte[], byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        _originals.TryAdd(path, bytes);
        File.WriteAllBytes(path, change([.. bytes]));
    }
}
