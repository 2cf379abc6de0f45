namespace Engine.Images;

/// <summary>Counts different numbers with little memory: nearly all lengths of objects are below 64 Mi.</summary>
internal static class DistinctNumbers
{
    private const int SmallLog2 = 26;

    public static int Count(ChunkedList<uint> numbers)
    {
        var small = numbers.Count > 4096 ? new ulong[1 << (SmallLog2 - 6)] : [];
        var others = new HashSet<uint>();
        var count = 0;
        for (var i = 0; i < numbers.Count; i++)
        {
            var number = numbers[i];
            if (number >> 6 >= (uint)small.Length)
            {
                others.Add(number);
                continue;
            }

            ref var word = ref small[number >> 6];
            var bit = 1UL << (int)(number & 63);
            count += (word & bit) == 0 ? 1 : 0;
            word |= bit;
        }

        return count + others.Count;
    }
}
