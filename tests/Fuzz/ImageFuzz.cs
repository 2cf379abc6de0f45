using System.Buffers.Binary;
using System.Security.Cryptography;
using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;

namespace Fuzz;

/// <summary>
/// Changes bytes of a good image and uses it: it is refused with <see cref="ImageException"/>, or scans. Resealed, its
/// checksums are right again, so that what is tried is the checking of structure; an image that then passes
/// <see cref="Image.Verify"/> must scan without any exception.
/// </summary>
internal static class ImageFuzz
{
    /// <summary>Signatures that use every section and every kind of instruction.</summary>
    public static IReadOnlyList<(string Name, string Content)> Files { get; } =
    [
        ("a.ndb", """
            A1:0:*:41424344454647
            A2:0:*:414243??45(46|4748|49(4a|4b4c))4d4e4f*505152{2-9}535455
            A3:1:EOF-9,4:(B)6162!(63|64)6566!(6768|696a)6b6c(W)
            A4:0:3,9:41[1-3]434445!(L)4647
            A5:7:*:4546
            A6:0:*:a?b?c0c1c2{-20}d1d2d3{130}e1e2

            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"),
        ("b.hdb", "cf0c408fc7d28447d52601c2ad71e404:10:H1\ncf0c408fc7d28447d52601c2ad71e404:*:PUA.H2:73\n"
            + "7c61886d64f1198ef50addf95eae348c3081d87e60588387d4b39a201494bbaa:10:H3\n"),
        ("d.ldb", """
            L1;Engine:51-255,Target:0;(0|1)>1,2&2;4142??45;434445::i;616263::wa
            L2;Engine:101-255,Target:0;0&1&2=0;414243;0/b+c|E/ig;0(>>3#hb2#=0xab)
            L3;Engine:51-255,Target:0,FileSize:1-100,Container:CL_TYPE_ANY;0=0;4142{1-4}4445*4647
            L4;Engine:51-255,Target:1,HandlerType:CL_TYPE_ELF;0&1;4142;${1-5}3$
            L5;Engine:150-255,Target:0;0|1;616263;fuzzy_img#af2ad01ed42993c7

            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"),
        ("e.ndb", "M:0:$3$:444546\n"),
        ("f.yar", """
            rule F1 { strings: $a = "ABC" $b = { 45 46 [0-4] 48 49 } condition: for all i in (1..#a) : ( @a[i] & 1 == ~uint8be(i) >> 3 or $b at i ) or @b[2] - @a < 9 }
            rule F2 { strings: $a = "abx" wide ascii condition: for #a of them : ( # > uint8(entrypoint) ) and #a in (1..filesize) == uint32(uint32(4)) or $a in (@a..filesize * 2) }

            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"),
        ("c.fp", "8827a41122a5028b9808c7bf84b9fcf6:6:F1\n"),
    ];

    private static readonly byte[][] _objects =
    [
        "xxABCDEFxx"u8.ToArray(),
        "ABCDEFGABC.EHIJLMNO....PQR...STU..EF"u8.ToArray(),
        "--abxefzzklab.efgxkl-ABxxxCDEzFG"u8.ToArray(),
        [.. Enumerable.Range(0, 700).Select(i => (byte)(i * 7))],
    ];

    private static readonly Lazy<byte[]> _seed = new(CompileSeed);

    /// <summary>Entry point: a byte of which the lowest bit says whether to reseal, then changes as u32 offset and u8 value.</summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var changed = (byte[])_seed.Value.Clone();
        var isResealed = (input[0] & 1) == 0;
        for (input = input[1..]; input.Length >= 5; input = input[5..])
        {
            changed[BinaryPrimitives.ReadUInt32LittleEndian(input) % (uint)changed.Length] = input[4];
        }

        if (isResealed)
        {
            Reseal(changed);
        }

        var folder = Directory.CreateTempSubdirectory("image-fuzz-");
        try
        {
            var path = Path.Combine(folder.FullName, "x.image");
            File.WriteAllBytes(path, changed);
            Use(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Opens, verifies and scans; returns what became of it.</summary>
    public static ImageUse Use(string path)
    {
        var isVerified = Passes(() => Image.Verify(path, CancellationToken.None));
        Image image;
        try
        {
            image = Image.Open(path);
        }
        catch (ImageException e)
        {
            return isVerified ? throw new InvalidOperationException("Verified and not opened.", e) : ImageUse.Refused;
        }

        using (image)
        {
            var isScanned = Passes(() => Scan(image));
            return isScanned || !isVerified
                ? isScanned ? ImageUse.Scanned : ImageUse.RefusedInUse
                : throw new InvalidOperationException("Verified and found damaged while scanning.");
        }
    }

    /// <summary>Makes all checksums right again as far as the directory can be read.</summary>
    public static void Reseal(byte[] image)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(136));
        var size = (long)count * ImageFormat.DirectoryEntrySize;
        if (count < 0 || ImageFormat.HeaderSize + size > image.Length)
        {
            return;
        }

        var directory = image.AsSpan(ImageFormat.HeaderSize, (int)size);
        var entries = Enumerable.Range(0, count)
            .Select(i => SectionEntry.Read(image.AsSpan(ImageFormat.HeaderSize + (i * ImageFormat.DirectoryEntrySize))))
            .ToArray();
        var leaves = entries.FirstOrDefault(e => e.Kind == SectionKind.Leaves);
        if (leaves is not null && IsInside(leaves, image))
        {
            var list = image.AsSpan((int)leaves.Offset, (int)leaves.Length);
            foreach (var entry in entries.Where(e => e.Kind != SectionKind.Leaves && IsInside(e, image)))
            {
                SealLeaves(entry, image, list);
            }

            Digest.Of(list).CopyTo(image.AsSpan(96));
        }

        Digest.Of(directory).CopyTo(image.AsSpan(184));
        SHA256.HashData(
            image.AsSpan(0, ImageFormat.HeaderDigestOffset), image.AsSpan(ImageFormat.HeaderDigestOffset, Digest.Size));
    }

    private static byte[] CompileSeed()
    {
        var folder = Directory.CreateTempSubdirectory("image-fuzz-");
        try
        {
            foreach (var (name, content) in Files)
            {
                File.WriteAllText(Path.Combine(folder.FullName, name), content);
            }

            var input = new CompileInput(
                new PackageId("seed", new DefinitionsVersion(new DateOnly(2026, 11, 22), 1)), true, false, folder.GetFiles().Select(f => f.FullName).ToArray());
            var path = Path.Combine(folder.FullName, "seed.image");
            ImageCompiler.Compile(new CompileRequest { Inputs = [input] }, path, CancellationToken.None);
            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void SealLeaves(SectionEntry entry, byte[] image, Span<byte> list)
    {
        for (long start = 0, leaf = entry.FirstLeaf; start < entry.Length; start += ImageFormat.LeafSize, leaf++)
        {
            if ((leaf + 1) * Digest.Size <= list.Length)
            {
                var length = (int)Math.Min(ImageFormat.LeafSize, entry.Length - start);
                Digest.Of(image.AsSpan((int)(entry.Offset + start), length)).CopyTo(list[(int)(leaf * Digest.Size)..]);
            }
        }
    }

    private static bool IsInside(SectionEntry entry, byte[] image) =>
        entry.Offset >= ImageFormat.HeaderSize && entry.Length >= 0 && entry.Offset <= image.Length - entry.Length;

    private static bool Passes(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (ImageException)
        {
            return false;
        }
    }

    private static void Scan(Image image)
    {
        var matcher = new ObjectMatcher(new ImageSet(image));
        foreach (var data in _objects)
        {
            foreach (var type in (ReadOnlySpan<ObjectType>)[ObjectType.Binary, ObjectType.Pe, ObjectType.TextAscii])
            {
                matcher.Match(MatchSubject.Raw(matcher.Images.Features, new MemoryContent(data), type), allMatches: true, [], static () => { });
            }

            matcher.IsAllowed(new MemoryContent(data));
        }
    }
}

/// <summary>What became of a changed image.</summary>
internal enum ImageUse
{
    Refused,
    RefusedInUse,
    Scanned,
}
