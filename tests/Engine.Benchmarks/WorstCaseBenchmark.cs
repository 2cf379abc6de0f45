using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

namespace Engine.Benchmarks;

/// <summary>
/// Data made to cost as much as it can, in MB a second of one core: anchors with their contexts back to back, so that
/// everything is woken and nothing matches; and families of signatures that begin alike, on data of that beginning.
/// <c>worst [patterns…]</c>.
/// </summary>
internal static class WorstCaseBenchmark
{
    private const int Bytes = 4 << 20;
    private const int Rounds = 5;

    public static void Run(ReadOnlySpan<string> arguments)
    {
        var sizes = arguments.IsEmpty ? [10_000, 100_000] : Array.ConvertAll(arguments.ToArray(), a => int.Parse(a, CultureInfo.InvariantCulture));
        Console.WriteLine("| data | patterns | MB/s | outcome |");
        Console.WriteLine("|---|---:|---:|---|");
        var programs = BenignBuffers.Programs();
        foreach (var shape in Enum.GetValues<KernelShape>())
        {
            foreach (var size in sizes)
            {
                using var set = new KernelSet(size, shape, programs);
                Print($"anchors back to back, {shape}", size, set.Set.Images[0], AnchorsBackToBack(set.Set.Images[0]));
            }
        }

        foreach (var members in (int[])[101, 1000])
        {
            foreach (var (name, line) in _families)
            {
                PrintFamily(name, members, line);
            }
        }
    }

    /// <summary>How the members of a family differ: a number in hex for the member, after a beginning that all share.</summary>
    private static readonly (string Name, Func<string, string, string> Line)[] _families =
    [
        ("differ behind a common run", static (run, own) => $"{run}{own}"),
        ("differ before a common run", static (run, own) => $"{own}{run}"),
        ("differ behind a gap", static (run, own) => $"{run}{{4-20}}{own}"),
        ("differ anywhere behind", static (run, own) => $"{run}*{own}"),
        ("differ in one byte", static (run, own) => $"{run}??{own}"),
    ];

    private static void PrintFamily(string name, int members, Func<string, string, string> line)
    {
        using var folder = new TempFolder();
        var random = new Random(1);
        var run = new byte[24];
        random.NextBytes(run);
        var lines = new StringBuilder();
        for (var i = 0; i < members; i++)
        {
            var own = new byte[8];
            random.NextBytes(own);
            lines.Append("Win.Family.Member-").Append(i).Append("-0:0:*:").Append(line(Convert.ToHexStringLower(run), Convert.ToHexStringLower(own))).Append('\n');
        }

        var package = new PackageId("family", new DefinitionsVersion(new DateOnly(2026, 11, 22), 1));
        ImageCompiler.Compile(
            new CompileRequest { Inputs = [new CompileInput(package, true, false, [folder.Write("f.ndb", lines.ToString())])] },
            folder.Path("f.image"),
            CancellationToken.None);
        using var image = Image.Open(folder.Path("f.image"));
        var data = new byte[Bytes];
        for (var at = 0; at < data.Length; at += run.Length)
        {
            run.AsSpan(0, Math.Min(run.Length, data.Length - at)).CopyTo(data.AsSpan(at));
        }

        Print(name, members, image, data);
    }

    private static byte[] AnchorsBackToBack(Image image)
    {
        var random = new Random(2);
        var data = new byte[Bytes];
        var classes = FilterPasses.Classes.ToArray().Where(c => image.Tables.Windows(c).IsPresent).ToArray();
        for (var at = 0; at < data.Length - 64;)
        {
            var gram = classes[random.Next(classes.Length)];
            var windows = image.Tables.Windows(gram);
            var index = random.Next(windows.Entries.Count);
            var entry = image.Bytes(windows.Entries).Slice(index * AnchorEntry.Size, AnchorEntry.Size);
            var before = Math.Max(0, -(int)(sbyte)entry[12]);
            var window = data.AsSpan(at + (entry[12] == 0x80 ? 0 : before));
            BinaryPrimitives.WriteUInt64LittleEndian(window, windows.WindowAt(image, index));
            var end = (int)gram;
            if ((sbyte)entry[12] != Anchor.NoContext)
            {
                entry.Slice(4, 4).CopyTo(data.AsSpan(at + before + (sbyte)entry[12]));
                end = Math.Max(end, (sbyte)entry[12] + 4);
            }

            at += before + end;
        }

        return data;
    }

    private static void Print(string name, int patterns, Image image, byte[] data)
    {
        var matcher = new ObjectMatcher(new ImageSet(image));
        using var content = new MemoryContent(data);
        var hits = new List<SignatureHit>();
        var best = double.PositiveInfinity;
        var outcome = MatchCompletion.Complete;
        for (var round = 0; round < Rounds; round++)
        {
            hits.Clear();
            var start = Environment.CpuUsage.TotalTime;
            outcome = matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), allMatches: true, hits, static () => { });
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
        }

        Console.WriteLine($"| {name} | {patterns} | {(Bytes / 1e6 / best).ToString("F0", CultureInfo.InvariantCulture)} | {outcome}, {hits.Count} hits |");
    }
}
