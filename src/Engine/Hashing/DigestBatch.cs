using System.Security.Cryptography;

namespace Engine.Hashing;

/// <summary>
/// Digests of many whole objects in memory: MD5 side by side (<see cref="Md5Lanes"/>), SHA-1 and SHA-256 by the platform,
/// whose processor has instructions for them. Holds its buffers; not thread-safe.
/// </summary>
internal sealed class DigestBatch
{
    private readonly Md5Lanes _md5 = new();
    private ReadOnlyMemory<byte>[] _sorted = [];
    private int[] _order = [];
    private byte[] _digests = [];

    /// <summary>MD5 of each object, in the order of the objects.</summary>
    /// <param name="md5">16 bytes for each.</param>
    public void Md5(ReadOnlySpan<ReadOnlyMemory<byte>> objects, Span<byte> md5)
    {
        var count = objects.Length;
        if (_order.Length < count)
        {
            (_order, _sorted, _digests) = (new int[count], new ReadOnlyMemory<byte>[count], new byte[count * MD5.HashSizeInBytes]);
        }

        // The longest first, or the last lane works alone for long.
        for (var i = 0; i < count; i++)
        {
            (_order[i], _sorted[i]) = (i, objects[i]);
        }

        Array.Sort(_sorted, _order, 0, count, LongestFirst.Instance);
        _md5.Hash(_sorted.AsSpan(0, count), _digests);
        for (var i = 0; i < count; i++)
        {
            _digests.AsSpan(i * MD5.HashSizeInBytes, MD5.HashSizeInBytes).CopyTo(md5[(_order[i] * MD5.HashSizeInBytes)..]);
            _sorted[i] = default;
        }
    }

    /// <summary>All three digests of each object, in the order of the objects.</summary>
    /// <param name="md5">16 bytes for each.</param>
    /// <param name="sha1">20 bytes for each.</param>
    /// <param name="sha256">32 bytes for each.</param>
    public void All(ReadOnlySpan<ReadOnlyMemory<byte>> objects, Span<byte> md5, Span<byte> sha1, Span<byte> sha256)
    {
        Md5(objects, md5);
        for (var i = 0; i < objects.Length; i++)
        {
#pragma warning disable CA5350 // The signature formats are defined on SHA-1.
            SHA1.HashData(objects[i].Span, sha1[(i * SHA1.HashSizeInBytes)..]);
#pragma warning restore CA5350
            SHA256.HashData(objects[i].Span, sha256[(i * SHA256.HashSizeInBytes)..]);
        }
    }

    private sealed class LongestFirst : IComparer<ReadOnlyMemory<byte>>
    {
        public static readonly LongestFirst Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => y.Length.CompareTo(x.Length);
    }
}
