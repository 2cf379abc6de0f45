namespace Updater.Store;

/// <summary>The folders under the data folder; their names are part of the contract (cli.md).</summary>
internal sealed class DataFolders(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Downloads in progress and unpacking; swept at start.</summary>
    public string Staging => Path.Combine(Root, "staging");

    /// <summary>The operator's own signature files.</summary>
    public string Local => Path.Combine(Root, "local");

    /// <summary>Verified, complete packages waiting to be picked up; operators may drop signed packages here.</summary>
    public string Incoming => Path.Combine(Root, "incoming");

    /// <summary>Immutable generations, images, unpacked packages, and the pointer to the active one.</summary>
    public string Generations => Path.Combine(Root, "generations");

    /// <summary>Refused packages, each with its reason.</summary>
    public string Quarantine => Path.Combine(Root, "quarantine");

    /// <summary>Trusted metadata, a folder per source.</summary>
    public string Trust => Path.Combine(Root, "trust");

    public string CatalogFile => Path.Combine(Root, "catalog.db");

    public string Logs => Path.Combine(Root, "logs");

    public string ControlSocket => Path.Combine(Root, "control.sock");

    /// <summary>Scratch space of scans; swept at start.</summary>
    public string Scratch => Path.Combine(Root, "scratch");

    /// <summary>Held exclusively by the one process that may change this data folder.</summary>
    public string LockFile => Path.Combine(Root, "owner.lock");
}
