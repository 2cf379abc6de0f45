using System.Buffers.Binary;
using System.Security.Cryptography;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

#pragma warning disable CA5351 // The signature formats are defined on these digests.
namespace Engine.Tests.Images;

/// <summary>An image opened guarded is not read as a whole, yet a damaged byte never takes a signature away silently.</summary>
public sealed class GuardedImageTests
{
    private static readonly byte[] _object = [.. "....ABCDEFGH....MNOPQRST....macro..:9."u8];

    private static readonly (string Name, string Content)[] _files =
    [
        ("a.ndb", "Body:0:*:4142434445464748\nM:0:$3$:3a392e\n"),
        ("b.ldb", "Logical;Engine:51-255,Target:0;0&1&2&3;4d4e4f5051{1-3}5354;434445::i;6d6163726f;${1-9}3$\n"),
        ("c.hdb", $"{Convert.ToHexStringLower(MD5.HashData(_object))}:{_object.Length}:Sized\n"),
        ("d.hsb", $"{Convert.ToHexStringLower(SHA256.HashData(_object))}:*:Any:73\n"),
    ];

    private static readonly string[] _names = ["Any", "Body", "Logical", "Sized"];

    [Fact]
    public void Matches_as_one_that_was_opened_plainly()
    {
        using var image = new CompiledImage(_files);
        using var guarded = Image.OpenGuarded(image.Path);
        Assert.Equal(_names, Names(guarded));
    }

    [Fact]
    public void Matches_the_same_after_its_pages_were_let_go()
    {
        using var image = new CompiledImage(_files);
        Assert.Equal(_names, Names(image.Opened));
        image.Opened.LetGo();
        Assert.Equal(_names, Names(image.Opened));
    }

    [Fact]
    public void No_flipped_bit_hides_a_signature()
    {
        using var image = new CompiledImage(_files);
        var whole = File.ReadAllBytes(image.Path);
        using var folder = new TempFolder();
        var path = folder.Path("x.image");
        var (atOpening, inUse) = (0, 0);
        foreach (var place in Places(whole))
        {
            var changed = (byte[])whole.Clone();
            changed[place] ^= 0x10;
            File.WriteAllBytes(path, changed);
            try
            {
                using var guarded = Image.OpenGuarded(path);
                try
                {
                    // Names and what is said of a signature are not compared: whatever they are now, it is still there.
                    Assert.Equal(_names.Length, Names(guarded).Length);
                }
                catch (ImageException)
                {
                    inUse++;
                }
            }
            catch (ImageException)
            {
                atOpening++;
            }
        }

        Assert.True(atOpening > 0 && inUse > 0, $"{atOpening} refused at opening, {inUse} in use.");
    }

    private static string[] Names(Image image)
    {
        var hits = new List<SignatureHit>();
        new ObjectMatcher(new ImageSet(image)).Match(
            MatchSubject.Raw(image.Features, new MemoryContent(_object), ObjectType.Binary), allMatches: true, hits, static () => { });
        return [.. hits.Select(hit => hit.Signature).Order(StringComparer.Ordinal)];
    }

    /// <summary>Some places in every section.</summary>
    private static IEnumerable<int> Places(byte[] image)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(136));
        for (var i = 0; i < count; i++)
        {
            var entry = SectionEntry.Read(image.AsSpan(ImageFormat.HeaderSize + (i * ImageFormat.DirectoryEntrySize)));
            var step = Math.Max(1, entry.Length / 40);
            for (long at = 0; at < entry.Length; at += step)
            {
                yield return (int)(entry.Offset + at);
            }
        }
    }
}
