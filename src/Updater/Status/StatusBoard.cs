namespace Updater.Status;

/// <summary>Holds the newest snapshot. Readers take no lock (M-187); writers replace it as a whole.</summary>
internal sealed class StatusBoard
{
    private volatile DefinitionsStatus _current = DefinitionsStatus.Empty;

    public DefinitionsStatus Current => _current;

    /// <summary>Exchanges the snapshot; concurrent changes are all applied.</summary>
    public void Update(Func<DefinitionsStatus, DefinitionsStatus> change)
    {
        while (true)
        {
            var before = _current;
            if (Interlocked.CompareExchange(ref _current, change(before), before) == before)
            {
                return;
            }
        }
    }
}
