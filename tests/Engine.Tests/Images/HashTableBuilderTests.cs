using System.Buffers.Binary;
using CsCheck;
using Definitions.Signatures;
using Engine.Images;
using Engine.Matching;
using Testing;

namespace Engine.Tests.Images;

/// <summary>Digests come out sorted with what belongs to them and are all found, however many there are and however they lie.</summary>
public sealed class HashTableBuilderTests
{
    private static readonly HashKind[] _kinds = [HashKind.Md5, HashKind.Sha1, HashKind.Sha256];

    [Theory]
    [InlineData(1, 256, true)]
    [InlineData(2, 1, false)]
    [InlineData(40, 256, false)]
    [InlineData(41, 256, true)]
    [InlineData(3000, 256, false)]
    [InlineData(12_000, 3, true)]
    [InlineData(12_000, 1, false)]
    [InlineData(30_000, 256, false)]
    public void Sorted_and_found(int count, int firstBytes, bool isAnySize)
    {
        var random = new Random(count + firstBytes);
        foreach (var kind in _kinds)
        {
            AssertSorted(kind, isAnySize, [.. Enumerable.Range(0, count).Select(i =>
            {
                var digest = new byte[HashTable.SizeOf(kind)];
                random.NextBytes(digest);
                digest[0] = (byte)(digest[0] % firstBytes);
                return new Row(digest, isAnySize ? 0 : (uint)random.Next(1, 50), (uint)i);
            })]);
        }
    }

    /// <summary>Bytes are few, so that digests are equal, or equal in their first eight bytes.</summary>
    [Fact]
    public void Digests_that_are_alike_stay_in_the_order_of_the_input() =>
        Gen.Select(Gen.Byte[0, 2].Array[16], Gen.UInt[1, 3]).Array[1, 400].Select(Gen.Int[0, 14]).Sample(t => AssertSorted(
            HashKind.Md5, isAnySize: false, [.. t.Item1.Select((row, i) => new Row([.. new byte[t.Item2], .. row.Item1[t.Item2..]], row.Item2, (uint)i))]));

    private static void AssertSorted(HashKind kind, bool isAnySize, Row[] rows)
    {
        using var folder = new TempFolder();
        var path = folder.Path("x.image");
        Write(path, kind, isAnySize, rows, cores: 1);
        var single = File.ReadAllBytes(path);
        Write(path, kind, isAnySize, rows, cores: 3);
        Assert.Equal(single, File.ReadAllBytes(path));

        using var image = Image.Open(path);
        var table = image.Tables.Hashes(HashPurpose.Detect, kind, isAnySize);
        Row[] sorted = [.. rows.OrderBy(row => Convert.ToHexString(row.Digest), StringComparer.Ordinal).ThenBy(row => row.Signature)];
        Assert.Equal(sorted.SelectMany(row => row.Digest), image.Bytes(table.Digests).ToArray());
        Assert.Equal(sorted.Select(row => row.Signature), image.Words(table.Signatures).ToArray());
        Assert.Equal(isAnySize ? [] : sorted.Select(row => row.Length), image.Words(table.Lengths).ToArray());
        foreach (var group in rows.GroupBy(row => (Convert.ToHexString(row.Digest), row.Length)).Take(500))
        {
            var length = isAnySize ? 7 : group.Key.Length;
            Assert.True(HashIndex.IsDue([image], HashPurpose.Detect, kind, length));
            var found = new PositionList();
            Assert.True(HashIndex.Find(image, HashPurpose.Detect, kind, group.First().Digest, length, found));
            Assert.Equal(group.Select(row => row.Signature), found.Span.ToArray().Select(position => (uint)position));
        }
    }

    private static void Write(string path, HashKind kind, bool isAnySize, Row[] rows, int cores)
    {
        var builder = new ImageBuilder();
        builder.AddPackage(CompiledImage.Package);
        Span<byte> name = stackalloc byte[4];
        foreach (var row in rows)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(name, row.Signature | 0x4040_4040);
            builder.Add(new HashEntry { Kind = kind, Purpose = HashPurpose.Detect, Value = row.Digest, Size = row.Length, Name = name }, 0, isOfficial: true);
        }

        builder.Write(path, new ImageStamp(1, default, default), new CompileScope(cores, null, CancellationToken.None));
        Image.Verify(path, CancellationToken.None);
    }

    private sealed record Row(byte[] Digest, uint Length, uint Signature);
}
