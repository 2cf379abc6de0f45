namespace Updater.Cli;

/// <summary>
/// Scratch folder of one command, removed at the end. Never shared: an engine sweeps its scratch folder when it starts,
/// and the service may be using the configured one.
/// </summary>
/// <param name="configured">Folder to make it in; empty = the system's temporary folder.</param>
internal sealed class CommandScratch(string configured) : IDisposable
{
    /// <summary>Made by the engine when it needs it.</summary>
    public string Folder { get; } = Path.Combine(
        configured.Length > 0 ? configured : Path.GetTempPath(), $"updater-command-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
