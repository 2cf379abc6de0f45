using Definitions;
using Testing;

namespace Conformance;

/// <summary>What most tests start from: a publisher with one release, served over loopback HTTP, and a service's settings.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>Releases of today: the age of definitions is part of what is tested.</summary>
    public static string V1 { get; } = Version(1);

    public static string V2 { get; } = Version(2);

    private Scenario(TempFolder folder, SimulatedPublisher publisher, ChannelServer channel, ServiceSettings settings)
    {
        Folder = folder;
        Publisher = publisher;
        Channel = channel;
        Settings = settings;
    }

    public TempFolder Folder { get; }

    public SimulatedPublisher Publisher { get; }

    public ChannelServer Channel { get; }

    public ServiceSettings Settings { get; }

    public static string Version(int revision) =>
        new DefinitionsVersion(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), revision).ToString();

    /// <param name="data">Path of the data folder; null = below the scenario's own folder.</param>
    /// <param name="files">The first release of <c>core</c>; none = <see cref="Samples.FirstFile"/>.</param>
    public static async Task<Scenario> CreateAsync(
        string interval = "1.00:00:00", string? data = null, params (string Name, string Content)[] files)
    {
        var folder = new TempFolder();
        var publisher = new SimulatedPublisher();
        publisher.Publish("core", V1, files.Length > 0 ? files : [Samples.FirstFile]);
        var channel = await ChannelServer.StartAsync(publisher.ChannelFolder);
        return new Scenario(folder, publisher, channel, ServiceSettings.Create(
            folder.Root, channel.Url, publisher.InitialRootPath, interval, data ?? folder.Path("data")));
    }

    /// <summary>Starts the service and waits until the first release serves.</summary>
    public async Task<ServiceProcess> StartAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var service = await ServiceProcess.StartAsync(Settings, environment);
        await service.UntilVersionAsync(V1);
        return service;
    }

    /// <summary>Runs a command on the scenario's configuration.</summary>
    public Task<CommandOutcome> RunAsync(string verb, params string[] arguments) =>
        UpdaterProgram.RunAsync([verb, "--config", Settings.ConfigFile, .. arguments]);

    /// <summary>What lies in a folder of the data folder.</summary>
    public string[] Entries(string name)
    {
        var path = Path.Combine(Settings.Data, name);
        return Directory.Exists(path) ? Directory.GetFileSystemEntries(path) : [];
    }

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        Publisher.Dispose();
        Folder.Dispose();
    }
}
