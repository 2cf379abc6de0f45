using System.Text;
using Definitions;
using Engine;
using Engine.Images;
using Engine.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Testing;
using Updater.Configuration;
using Updater.Gates;
using Updater.Sources;
using Updater.Status;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>One data folder, one publisher, one clock, and the real update side between them.</summary>
internal sealed class UpdateHarness : IAsyncDisposable
{
    public const string Source = "certified";

    /// <summary>Says what the throw-away process says when all is well; the real one has a test of its own.</summary>
    public static readonly ProgramStart QuickTrial = Shell($"echo '{TrialLoadChild.PassedWord}'");

    private readonly TempFolder _data = new();
    private SourceFactory? _factory;

    public UpdateHarness()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        Publisher = new SimulatedPublisher(Time);
        Folders = new DataFolders(_data.Root);
    }

    public FakeTimeProvider Time { get; }

    public SimulatedPublisher Publisher { get; }

    public DataFolders Folders { get; }

    public long FreeBytes { get; set; } = long.MaxValue;

    public Action<UpdateStage>? OnStage { get; set; }

    public ProgramStart Program { get; set; } = QuickTrial;

    public ProgramStart? CompileProgram { get; set; }

    public long MaxCompileBytesHere { get; set; } = PackageCompiler.DefaultMaxBytesHere;

    public TimeSpan TrialTimeout { get; set; } = TimeSpan.FromSeconds(60);

    public UpdatesOptions Options { get; set; } = new() { MinFreeBytes = 0, Retries = 0, JitterPercent = 0 };

    public bool HasSource { get; set; } = true;

    /// <summary>Other sources instead of the publisher's channel; null = that.</summary>
    public IReadOnlyList<SourceOptions>? Sources { get; set; }

    public EngineOptions Engine { get; set; } = new();

    /// <summary>Null = the publisher's folder.</summary>
    public string? Url { get; set; }

    public ActiveImage Active { get; private set; } = new();

    public StatusBoard Board { get; private set; } = new();

    public UpdateService Service { get; private set; } = null!;

    public DefinitionsStatus Status => Board.Current;

    public GenerationStore Store => new(Folders);

    public static ProgramStart Shell(string script) => new("/bin/sh", ["-c", script]);

    /// <summary>A body signature for a text.</summary>
    public static (string Name, string Content) Ndb(string file, string signature, string text) =>
        (file, $"{signature}:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text))}\n");

    public async Task StartAsync()
    {
        var options = new UpdaterOptions
        {
            DataDirectory = Folders.Root,
            Updates = Options,
            Engine = Engine,
            Sources = Sources is not null ? [.. Sources] : HasSource
                ? [new SourceOptions { Name = Source, Url = Url ?? Publisher.ChannelFolder, Root = Publisher.InitialRootPath }]
                : [],
        };
        _factory = new SourceFactory(Options, Time);
        Service = new UpdateService(
            options,
            Folders,
            Time,
            Active,
            Board,
            NullLoggerFactory.Instance,
            [.. options.Sources.Select(source => (source, _factory.Create(source, Folders)))],
            new UpdateServiceSetup
            {
                FreeBytes = _ => FreeBytes,
                Faults = new FaultPoints(stage => OnStage?.Invoke(stage)),
                Program = Program,
                CompileProgram = CompileProgram,
                MaxCompileBytesHere = MaxCompileBytesHere,
                TrialTimeout = TrialTimeout,
                Chance = new Random(1),
            });
        await Service.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>As after a stop of the process.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        await Service.DisposeAsync();
        _factory?.Dispose();
        Active.Dispose();
        Active = new ActiveImage();
        Board = new StatusBoard();
    }

    public async Task<UpdateReport> UpdateAsync(bool force = false, UpdateTrigger trigger = UpdateTrigger.Command) =>
        await Service.Coordinator.Request(new UpdateRequest(trigger, force)).Completion;

    /// <summary>The name that is reported for a text by what is active; null = clean or no definitions.</summary>
    public string? Scan(string text)
    {
        var engine = new ScanEngine(Active, Time, Folders.Scratch);
        using var content = new MemoryContent(Encoding.ASCII.GetBytes(text));
        return engine.Scan(new ScanRequest { Name = "text", Content = content }, TestContext.Current.CancellationToken).Threat;
    }

    public PackageId Publish(string version, string signature = "Demo.One", string text = "demo-program-one") =>
        Publisher.Publish("demo", version, Ndb("demo.ndb", signature, text));

    /// <summary>Everything below a folder that is neither a folder nor the given names.</summary>
    public static IReadOnlyList<string> FilesIn(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];

    public string UpdateLogText() => string.Concat(
        Directory.GetFiles(Folders.Logs, "update*.log").Order(StringComparer.Ordinal).Select(ReadShared));

    public async ValueTask DisposeAsync()
    {
        if (Service is not null)
        {
            await Service.DisposeAsync();
        }

        _factory?.Dispose();
        Active.Dispose();
        Publisher.Dispose();
        _data.Dispose();
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
