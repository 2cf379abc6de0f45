namespace Updater.Configuration;

/// <summary>The whole of <c>updater.json</c>.</summary>
internal sealed class UpdaterOptions
{
    /// <summary>Data folder; relative paths are relative to the working directory.</summary>
    public string DataDirectory { get; init; } = "data";

    public IList<SourceOptions> Sources { get; init; } = [];

    public UpdatesOptions Updates { get; init; } = new();

    public EngineOptions Engine { get; init; } = new();

    public ListenersOptions Listeners { get; init; } = new();

    public LoggingOptions Logging { get; init; } = new();
}
