using System.Globalization;

namespace Testing;

/// <summary>Signature files of many lines in the shape of published sets (clamav-formats.md §7), the same for a seed.</summary>
public static class LargeSet
{
    private static readonly string[] _families = ["Agent", "Dropper", "Zbot", "Emotet", "Generic", "Ramnit", "Kryptik", "Upatre"];

    /// <summary>Writes <c>large.hdb .hsb .mdb .ndb .ldb .cdb</c>; of ten lines four, three, one, one and a half, a half are of these kinds.</summary>
    /// <param name="lines">A multiple of 20.</param>
    public static void Write(TempFolder folder, string below, int lines, int seed = 20261122)
    {
        var random = new Random(seed);
        foreach (var (extension, share, line) in new (string, int, Func<Random, int, string>)[]
        {
            ("hdb", 8, (r, i) => $"{Hex(r, 16)}:{Size(r)}:{Name(r, i)}"),
            ("hsb", 6, (r, i) => $"{Hex(r, 32)}:{Size(r)}:{Name(r, i)}"),
            ("mdb", 2, (r, i) => $"{Size(r)}:{Hex(r, 16)}:{Name(r, i)}"),
            ("ndb", 2, (r, i) => $"{Name(r, i)}:{(i % 2 == 0 ? "0" : "1")}:*:{Body(r, i)}"),
            ("ldb", 1, (r, i) => $"{Name(r, i)};Engine:81-255,Target:1;0&1&2;{Hex(r, 30)};{Hex(r, 24)}::i;{Hex(r, 40)}"),
            ("cdb", 1, (r, i) => $"{Name(r, i)}:CL_TYPE_ZIP:*:part{i}\\.exe$:*:{Size(r)}:*:1:*:*"),
        })
        {
            using var writer = new StreamWriter(folder.Path(below, $"large.{extension}"));
            for (var i = 0; i < lines / 20 * share; i++)
            {
                writer.Write(line(random, i));
                writer.Write('\n');
            }
        }
    }

    private static string Body(Random random, int index) =>
        index % 3 == 0 ? $"{Hex(random, 20)}*{Hex(random, 20)}{{2-8}}{Hex(random, 12)}" : Hex(random, random.Next(20, 80));

    private static string Name(Random random, int index) => string.Create(
        CultureInfo.InvariantCulture, $"Win.Malware.{_families[random.Next(_families.Length)]}-{7_000_000 + index}-0");

    private static int Size(Random random) => random.Next(5_000, 2_000_000);

    private static string Hex(Random random, int bytes)
    {
        Span<byte> value = stackalloc byte[bytes];
        random.NextBytes(value);
        return Convert.ToHexStringLower(value);
    }
}
