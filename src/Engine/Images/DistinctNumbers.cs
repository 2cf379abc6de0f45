namespace Engine.Images;

/// <summary>Counts different numbers with little memory: nearly all lengths of objects are below 64 Mi.</summary>
/// <param name="expected">Numbers that will be added, about.</param>
internal sealed class DistinctNumbers(int expected)
{
    private const int SmallLog2 = 26;

    private readonly ulong[] _small = expected > 4096 ? new ulong[1 << (SmallLog2 - 6)] : [];
    private readonly HashSet<uint> _others = [];
    private int _count;

    public int Count => _count + _others.Count;

    public void Add(uint number)
    {
        if (number >> 6 >= (uint)_small.Length)
        {
            _others.Add(number);
            return;
        }

        ref var word = ref _small[number >> 6];
        var bit = 1UL << (int)(number & 63);
        _count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
    }
}
