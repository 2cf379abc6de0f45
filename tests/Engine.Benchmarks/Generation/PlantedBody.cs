using System.Security.Cryptography;
using System.Text;
using Testing;

namespace Engine.Benchmarks.Generation;

/// <summary>What makes one signature true: the bytes of its body or of each subsignature, in an object of its target.</summary>
/// <param name="Signature">The name as it stands in the set, without <c>.UNOFFICIAL</c>.</param>
internal sealed record PlantedBody(string Signature, int Target, IReadOnlyList<byte[]> Samples)
{
    /// <summary>Targets that a carrier is made for.</summary>
    public static bool CanCarry(int target) => target is 0 or 1 or 6 or 7;

    /// <summary>A file of the target with all samples, filling between them that belongs to no signature.</summary>
    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        file.Write(Target switch
        {
            1 => TestProgram.Pe("carrier"),
            6 => TestProgram.Elf("carrier"),
            7 => Encoding.ASCII.GetBytes("plain words that nobody looks for. "),
            _ => [0, 1, 2, 3, 0xFE, 0xFF, 0, 0],
        });
        foreach (var sample in Samples)
        {
            file.Write(Target == 7 ? "zz "u8 : [0, 0, 1, 0xEE]);
            file.Write(sample);
        }

        file.Write(Target == 7 ? " zz. the end of the words.\n"u8 : [0, 1, 0, 0, 1, 0, 0, 1]);
        return file.ToArray();
    }
}

/// <summary>Files whose digests are in the set.</summary>
internal static class PlantedDigests
{
    /// <summary>A file of random bytes whose first make no known type.</summary>
    public static byte[] File(Random random)
    {
        var file = new byte[random.Next(200, 20_000)];
        random.NextBytes(file);
        file.AsSpan(0, 4).Clear();
        return file;
    }

    /// <summary>A program whose one section is unlike others; with that section's bytes.</summary>
    public static (byte[] File, byte[] Section) Program(Random random)
    {
        const int SectionStart = 0x200;
        var marker = string.Concat(Enumerable.Range(0, random.Next(20, 1000)).Select(_ => (char)('a' + random.Next(26))));
        var file = TestProgram.Pe(marker);
        return (file, file[SectionStart..]);
    }

    public static byte[] Md5(ReadOnlySpan<byte> bytes)
    {
#pragma warning disable CA5351 // The format asks for MD5; nothing here trusts it.
        return MD5.HashData(bytes);
#pragma warning restore CA5351
    }
}
