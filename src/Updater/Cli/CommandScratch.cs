namespace Updater.Cli;

/// <summary>Scratch folder of one command: the configured one, else one of its own that is removed at the end.</summary>
internal sealed class CommandScratch : IDisposable
{
    private readonly bool _isOwn;

    public CommandScratch(string configured)
    {
        _isOwn = configured.Length == 0;
        Folder = _isOwn ? Path.Combine(Path.GetTempPath(), $"updater-scratch-{Guid.NewGuid():N}") : configured;
    }

    /// <summary>Made by the engine when it needs it.</summary>
    public string Folder { get; }

    public void Dispose()
    {
        if (_isOwn && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
