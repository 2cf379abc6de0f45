using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Engine.Hashing;

namespace Engine.Benchmarks;

/// <summary>MD5, SHA-1 and SHA-256 of 600 objects of 1 to 256 KiB, 32 MB together: one serial pass per object against the batch.</summary>
public class HashingBenchmark
{
    private const int Objects = 600;
    private const int BatchObjects = 64;
    private const int Step = 65536;

    private readonly ReadOnlyMemory<byte>[] _objects = new ReadOnlyMemory<byte>[Objects];
    private readonly byte[] _md5 = new byte[Objects * MD5.HashSizeInBytes];
    private readonly byte[] _sha1 = new byte[Objects * SHA1.HashSizeInBytes];
    private readonly byte[] _sha256 = new byte[Objects * SHA256.HashSizeInBytes];
    private readonly IncrementalHash[] _serial =
    [
        IncrementalHash.CreateHash(HashAlgorithmName.MD5),
        IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
        IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
    ];

    private readonly DigestBatch _batch = new();
    private readonly Md5Lanes _one = new(lanes: 1);
    private string _expected = "";

    [GlobalSetup]
    public void MakeObjects()
    {
        var random = new Random(20261122);
        for (var i = 0; i < Objects; i++)
        {
            var bytes = new byte[(int)(1024 * Math.Pow(2, random.NextDouble() * 8))];
            random.NextBytes(bytes);
            _objects[i] = bytes;
        }

        SerialThreeDigestPass();
        _expected = Answer();
    }

    /// <summary>Every object once, each piece through all three hashes while it is in the cache.</summary>
    [Benchmark(Baseline = true)]
    public void SerialThreeDigestPass()
    {
        Clear();
        for (var i = 0; i < Objects; i++)
        {
            for (var at = 0; at < _objects[i].Length; at += Step)
            {
                var piece = _objects[i].Span.Slice(at, Math.Min(Step, _objects[i].Length - at));
                foreach (var hash in _serial)
                {
                    hash.AppendData(piece);
                }
            }

            _serial[0].GetHashAndReset(_md5.AsSpan(i * MD5.HashSizeInBytes));
            _serial[1].GetHashAndReset(_sha1.AsSpan(i * SHA1.HashSizeInBytes));
            _serial[2].GetHashAndReset(_sha256.AsSpan(i * SHA256.HashSizeInBytes));
        }

        Check();
    }

    [Benchmark]
    public void Batch()
    {
        Clear();
        for (var i = 0; i < Objects; i += BatchObjects)
        {
            var count = Math.Min(BatchObjects, Objects - i);
            _batch.All(
                _objects.AsSpan(i, count),
                _md5.AsSpan(i * MD5.HashSizeInBytes),
                _sha1.AsSpan(i * SHA1.HashSizeInBytes),
                _sha256.AsSpan(i * SHA256.HashSizeInBytes));
        }

        Check();
    }

    [Benchmark]
    public void Md5OneAfterTheOther() => _one.Hash(_objects, _md5);

    [Benchmark]
    public void Md5SideBySide()
    {
        for (var i = 0; i < Objects; i += BatchObjects)
        {
            var count = Math.Min(BatchObjects, Objects - i);
            _batch.Md5(_objects.AsSpan(i, count), _md5.AsSpan(i * MD5.HashSizeInBytes));
        }
    }

    private void Clear()
    {
        Array.Clear(_md5);
        Array.Clear(_sha1);
        Array.Clear(_sha256);
    }

    private string Answer() =>
        $"{Convert.ToHexStringLower(SHA256.HashData(_md5))} {Convert.ToHexStringLower(SHA256.HashData(_sha1))} {Convert.ToHexStringLower(SHA256.HashData(_sha256))}";

    private void Check()
    {
        if (_expected.Length > 0 && Answer() != _expected)
        {
            throw new InvalidOperationException("The digests differ.");
        }
    }
}
