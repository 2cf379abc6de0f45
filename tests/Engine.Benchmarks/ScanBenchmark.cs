using System.Diagnostics;
using System.Globalization;
using Definitions;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Normalisation;
using Engine.Objects;
using Testing;

namespace Engine.Benchmarks;

/// <summary>
/// What a whole scan costs beside the matching: large objects of four kinds in MB a second, small files in files a
/// second and allocated bytes, and the steps in front of the matcher alone. Processor time of one thread, the best of some
/// rounds, since other work on a shared machine only ever slows one down. Every scan must find what was planted.
/// <c>scans [patterns [kind]]</c>; with <c>steps</c> only these, with a kind of
/// object only that one, again and again for a profiler.
/// </summary>
internal static class ScanBenchmark
{
    private const int Rounds = 8;
    private const int SmallFiles = 10_000;
    private const int MaxSmallBytes = 16 << 10;

    private const string Signatures =
        "Planted.Raw:0:*:506c616e746564206173206974207374616e6473\n"
        + "Planted.Text:7:*:706c616e74656420696e2074686520636f7079\n"
        + "Planted.Html:3:*:3c703e706c616e74656420696e20746865206d61726b7570\n";

    private static ReadOnlySpan<byte> Planted => "\n<P>Planted in\n\tthe MARKUP</P>\n Planted as it stands  \n PLANTED\r\n\tin the  copy\n"u8;

    public static void Run(ReadOnlySpan<string> arguments)
    {
        var patterns = arguments.IsEmpty ? 20_000 : int.Parse(arguments[0], CultureInfo.InvariantCulture);
        using var folder = new TempFolder();
        using var set = new KernelSet(patterns, KernelShape.Long, BenignBuffers.Programs());
        var images = new ImageSet([.. set.Set.Images, Compile(folder)]);
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), images);
        var engine = new ScanEngine(active, TimeProvider.System, folder.Path("scratch"));
        if (arguments is [_, "steps"])
        {
            MeasureSteps(BenignBuffers.PlainText(), BenignBuffers.Html());
            return;
        }

        if (arguments.Length > 1)
        {
            Repeat(engine, arguments[1]);
            return;
        }

        MeasureLarge(engine, images);
        MeasureSmall(engine, folder);
    }

    private static void Repeat(ScanEngine engine, string kind)
    {
        var contents = kind switch
        {
            "text" => [BenignBuffers.PlainText()],
            "HTML" => [BenignBuffers.Html()],
            _ => BenignBuffers.Small(SmallFiles, MaxSmallBytes).Where(f => KindOf(TypeDetector.Detect(f)) == kind["small-".Length..]).ToList(),
        };
        var end = Stopwatch.StartNew();
        while (end.Elapsed < TimeSpan.FromSeconds(30))
        {
            foreach (var content in contents)
            {
                Scan(engine, new MemoryContent(content));
            }
        }
    }

    private static string KindOf(ObjectType type) => type switch
    {
        ObjectType.TextAscii or ObjectType.TextUtf8 => "text",
        ObjectType.Html => "HTML",
        _ => Containers.IsContainer(type) ? "containers" : "binary",
    };

    private static Image Compile(TempFolder folder)
    {
        var package = new PackageId("planted", new DefinitionsVersion(new DateOnly(2026, 11, 22), 1));
        var request = new CompileRequest { Inputs = [new CompileInput(package, true, false, [folder.Write("p.ndb", Signatures)])] };
        ImageCompiler.Compile(request, folder.Path("p.image"), CancellationToken.None);
        return Image.Open(folder.Path("p.image"));
    }

    private static void MeasureLarge(ScanEngine engine, ImageSet images)
    {
        (string Name, byte[] Data, ObjectType Type, string[] Found)[] objects =
        [
            ("text", Plant(BenignBuffers.PlainText()), ObjectType.TextAscii, ["Planted.Raw", "Planted.Text"]),
            ("HTML", Plant(BenignBuffers.Html()), ObjectType.Html, ["Planted.Html"]),
            ("ELF", Plant(BenignBuffers.Elf()), ObjectType.Elf, ["Planted.Raw"]),
            ("PE", Plant(BenignBuffers.Pe()), ObjectType.Pe, ["Planted.Raw"]),
        ];
        var matcher = new ObjectMatcher(images);
        Console.WriteLine("| MB/s | whole scan | matcher on raw bytes | allocated bytes |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var (name, data, type, found) in objects)
        {
            var content = new MemoryContent(data);
            Expect(TypeDetector.Detect(content) == type, name);
            var scan = Best(() => Expect(Scan(engine, content).SetEquals(found), name), out var allocated);
            var match = Best(() => matcher.Match(MatchSubject.Raw(content, type), true, new List<SignatureHit>(), static () => { }), out _);
            Console.WriteLine($"| {name} | {Rate(data.Length, scan)} | {Rate(data.Length, match)} | {allocated} |");
        }

        Console.WriteLine();
        Console.WriteLine("| MB/s | alone |");
        Console.WriteLine("|---|---:|");
        MeasureSteps(objects[0].Data, objects[1].Data);
        Console.WriteLine();
    }

    private static void MeasureSteps(byte[] text, byte[] html)
    {
        using var folder = new TempFolder();
        var profile = ScanProfile.Default with { SpillBytes = 1 << 26 };
        var scratch = new ScratchFolder(folder.Path("scratch"));
        CopyWriter Writer() => new(1 << 26, profile, new Budget(profile, TimeProvider.System, CancellationToken.None), scratch);

        var seconds = Best(() =>
        {
            using var copy = Writer();
            var normaliser = new TextNormaliser(copy);
            InSteps(text, normaliser.Append);
            using var made = copy.Complete();
            Expect(made.Length > text.Length / 2, "text copy");
        }, out _);
        Console.WriteLine($"| text normaliser | {Rate(text.Length, seconds)} |");
        seconds = Best(() =>
        {
            using CopyWriter noComment = Writer(), noTags = Writer(), scripts = Writer();
            var normaliser = new HtmlNormaliser(noComment, noTags, scripts);
            InSteps(html, normaliser.Append);
            normaliser.Finish();
            using ObjectContent one = noComment.Complete(), two = noTags.Complete(), three = scripts.Complete();
            Expect(one.Length > two.Length && two.Length > three.Length && three.Length > 0, "HTML copies");
        }, out _);
        Console.WriteLine($"| HTML normaliser | {Rate(html.Length, seconds)} |");
        seconds = Best(() =>
        {
            var isInLink = false;
            Expect(!HtmlTest.HasMark(text, ref isInLink), "HTML test of a text");
        }, out _);
        Console.WriteLine($"| HTML test of a text | {Rate(text.Length, seconds)} |");
    }

    private static void InSteps(byte[] data, Appender append)
    {
        for (var at = 0; at < data.Length; at += 65536)
        {
            append(data.AsSpan(at, Math.Min(65536, data.Length - at)));
        }
    }

    private static void MeasureSmall(ScanEngine engine, TempFolder folder)
    {
        var files = BenignBuffers.Small(SmallFiles, MaxSmallBytes);
        var contents = files.Select(f => (Bytes: f, Type: TypeDetector.Detect(f))).ToArray();
        var kinds = contents.Select(c => KindOf(c.Type)).ToArray();
        Console.WriteLine("| small files | number | mean bytes | in memory, files/s | bytes allocated by one | types/s |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var kind in kinds.Distinct().Order(StringComparer.Ordinal))
        {
            var chosen = contents.Where((_, i) => kinds[i] == kind).Select(c => new MemoryContent(c.Bytes)).ToArray();
            var seconds = Best(() =>
            {
                foreach (var content in chosen)
                {
                    Expect(Scan(engine, content).Count == 0, kind);
                }
            }, out var allocated);
            var types = Best(() =>
            {
                foreach (var content in chosen)
                {
                    Expect(Enum.IsDefined(TypeDetector.Detect(content, null)), kind);
                }
            }, out _);
            Console.WriteLine(
                $"| {kind} | {chosen.Length} | {chosen.Average(c => c.Length):F0} | {chosen.Length / seconds:F0} | {allocated / chosen.Length} | {chosen.Length / types:F0} |");
        }

        Console.WriteLine();
        MeasureDisk(engine, folder, files);
    }

    private static void MeasureDisk(ScanEngine engine, TempFolder folder, IReadOnlyList<byte[]> files)
    {
        var paths = files.Select((bytes, i) => folder.Write(Path.Combine("small", string.Create(CultureInfo.InvariantCulture, $"{i}.txt")), bytes)).ToArray();
        var opened = Best(() =>
        {
            foreach (var path in paths)
            {
                using var content = FileContent.Open(path);
                content.Window(0, MaxSmallBytes);
            }
        }, out _);
        var scanned = Best(() =>
        {
            foreach (var path in paths)
            {
                using var content = FileContent.Open(path);
                Scan(engine, content);
            }
        }, out _);
        Console.WriteLine($"From disk: {paths.Length / scanned:F0} files/s; opening, reading and closing them alone {paths.Length / opened:F0} files/s.");
    }

    private static HashSet<string> Scan(ScanEngine engine, ObjectContent content)
    {
        var result = engine.Scan(new ScanRequest { Name = "folder/name.txt", Content = content, AllMatches = true }, CancellationToken.None);
        Expect(result.Sha256 is not null, "digest");
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var match in result.Matches)
        {
            found.Add(match.Signature);
        }

        return found;
    }

    /// <summary>In the middle of the data, and once more near its end.</summary>
    private static byte[] Plant(byte[] data)
    {
        Planted.CopyTo(data.AsSpan(data.Length / 2));
        Planted.CopyTo(data.AsSpan(data.Length - 4096));
        return data;
    }

    /// <summary>Seconds of processor time of the fastest round, and what this thread allocated in it.</summary>
    private static double Best(Action run, out long allocated)
    {
        var best = double.MaxValue;
        allocated = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
            run();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        return best;
    }

    private static string Rate(long bytes, double seconds) => (bytes / 1e6 / seconds).ToString("F0", CultureInfo.InvariantCulture);

    private static void Expect(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException($"Wrong answer: {what}.");
        }
    }

    private delegate void Appender(ReadOnlySpan<byte> bytes);
}
