using Definitions;
using Testing;
using Testing.ClamAv;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>A ClamAV mirror on loopback with test keys, and the whole update side that uses it.</summary>
internal sealed class MirrorHarness : IAsyncDisposable
{
    public const string Source = "vendor";

    private readonly TempFolder _folder = new();

    private MirrorHarness(MirrorServer server)
    {
        Server = server;
        KeysPath = _folder.Write("keys.json", System.Text.Encoding.ASCII.GetBytes(ClamAvPublisher.Default.KeysJson()));
    }

    public MirrorServer Server { get; }

    public UpdateHarness Update { get; } = new();

    public string KeysPath { get; }

    public static ClamAvPublisher Publisher => ClamAvPublisher.Default;

    public TempFolder Folder => _folder;

    /// <param name="urls">In order; <c>*</c> stands for the harness's own server; none = that alone.</param>
    /// <param name="databases">None = <c>daily</c>.</param>
    public static async Task<MirrorHarness> StartAsync(
        Func<MirrorHarness, MirrorOptions>? mirror = null, string[]? urls = null, string[]? databases = null, UpdatesOptions? updates = null)
    {
        var harness = new MirrorHarness(await MirrorServer.StartAsync());
        harness.Update.Options = updates ?? harness.Update.Options;
        harness.Update.Sources =
        [
            new SourceOptions
            {
                Name = Source,
                Kind = SourceKinds.ClamAv,
                Urls = [.. (urls ?? ["*"]).Select(url => url == "*" ? harness.Server.Url : url)],
                Mirror = mirror?.Invoke(harness) ?? new MirrorOptions { PublicKeys = harness.KeysPath, Databases = databases ?? ["daily"] },
            },
        ];
        await harness.Update.StartAsync();
        return harness;
    }

    /// <summary>Puts a release, and the patch to it from the one before.</summary>
    public ClamAvRelease Publish(ClamAvRelease release, ClamAvRelease? from = null)
    {
        Server.Put($"{release.Name}.cvd", Publisher.Cvd(release), release.Created);
        if (from is not null)
        {
            Server.Put($"{release.Name}-{release.Version}.cdiff", Publisher.Cdiff(from, release), release.Created);
        }

        return release;
    }

    public ClamAvRelease Publish(long version, params string[] texts) => Publish(PublisherFiles.Release("daily", version, texts));

    public ClamAvRelease Publish(ClamAvRelease from, long version, params string[] texts) =>
        Publish(PublisherFiles.Release(from.Name, version, texts), from);

    public Task<UpdateReport> RunAsync(bool force = false) => Update.UpdateAsync(force);

    public async Task ActivatesAsync(bool force = false)
    {
        var report = await RunAsync(force);
        Assert.True(report.Outcome is UpdateOutcome.Activated, Log(report));
    }

    public async Task<UpdateReport> RefusesAsync(RefusalReason reason)
    {
        var report = await RunAsync();
        Assert.True(report.Outcome is UpdateOutcome.Refused refused && refused.Reason == reason, Log(report));
        return report;
    }

    public async Task<UpdateReport> FailsAsync(FailureReason reason, bool force = false)
    {
        var report = await RunAsync(force);
        Assert.True(report.Outcome is UpdateOutcome.Failed failed && failed.Reason == reason, Log(report));
        return report;
    }

    public async Task IsCurrentAsync()
    {
        var report = await RunAsync();
        Assert.True(report.Outcome is UpdateOutcome.AlreadyCurrent, Log(report));
    }

    /// <summary>Version of the active database.</summary>
    public long? ActiveVersion(string database = "daily") =>
        Update.Status.Active?.Packages.SingleOrDefault(package => package.Name == database)?.Sequence;

    public async ValueTask DisposeAsync()
    {
        await Update.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private string Log(UpdateReport report) =>
        $"{report.Outcome}\n{string.Join('\n', report.Steps.Select(step => step.Message))}\n{string.Join('\n', Server.Requests)}";
}
