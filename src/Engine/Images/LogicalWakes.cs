namespace Engine.Images;

/// <summary>What wakes each logical signature, in the order of the signatures.</summary>
internal sealed class LogicalWakes
{
    private readonly ChunkedList<uint>[] _always = new ChunkedList<uint>[ImageTables.Targets];

    public LogicalWakes()
    {
        for (var target = 0; target < _always.Length; target++)
        {
            _always[target] = new ChunkedList<uint>();
        }
    }

    public List<(uint Body, uint Signature)> Pairs { get; } = [];

    public List<(ulong Hash, uint Signature)> Hashes { get; } = [];

    /// <summary>Signatures of a target that can be true without an occurrence of anything.</summary>
    public ChunkedList<uint> Always(int target) => _always[target];

    public void Add(uint signature, int target, NecessarySet? set)
    {
        if (set is null)
        {
            _always[target].Add(signature);
            return;
        }

        set.Bodies.ForEach(body => Pairs.Add((body, signature)));
        set.Hashes.ForEach(hash => Hashes.Add((hash, signature)));
    }

    /// <summary>Adds those of the signatures that follow.</summary>
    public void Add(LogicalWakes next)
    {
        Pairs.AddRange(next.Pairs);
        Hashes.AddRange(next.Hashes);
        for (var target = 0; target < _always.Length; target++)
        {
            for (var i = 0; i < next._always[target].Count; i++)
            {
                _always[target].Add(next._always[target][i]);
            }
        }
    }
}
