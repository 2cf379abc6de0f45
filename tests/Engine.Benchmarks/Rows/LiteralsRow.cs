using System.Text;
using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>Plain literals anywhere in a block: our matcher beside Vectorscan, and YARA where the set is small enough for it.</summary>
internal static class LiteralsRow
{
    private const int BlobMebibytes = 16;
    private const int Planted = 200;

    /// <summary>YARA takes more than this only with warnings and much patience.</summary>
    private const int MaxYara = 20_000;

    private static readonly (int Literals, double Goal)[] _sizes = [(10_000, 0), (100_000, 3), (500_000, 8)];

    private const double CompileGoal = 4;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("literals: beside Vectorscan");
        foreach (var (size, goal) in _sizes)
        {
            // At a small scale the largest sets stand for themselves: a goal belongs to a number of literals.
            if (size <= 10_000 || size * 10 <= 5_000_000 * context.Options.Scale)
            {
                AddSize(context, size, goal, report);
            }
            else
            {
                report.Note($"{size} literals: only from scale {size / 500_000.0} on.");
            }
        }

        return Task.FromResult(report);
    }

    private static void AddSize(RowContext context, int count, double goal, RowReport report)
    {
        RowReport.Progress($"{count} literals");
        var literals = Literals(context, count);
        using var folder = new RowFolder();
        var database = folder.Path("l.ndb");
        WriteNdb(database, literals);
        var image = folder.Path("l.image");
        var compile = Timing.Interleaved(Math.Min(3, context.Options.Rounds), () => EngineSet.Compile([database], image))[0];
        using var engine = EngineSet.Open(image);
        using var peer = Peer(context, literals, out var peerCompile, report);
        report.Add($"{count} literals, compile", Figure.Seconds(compile), peer is null ? Figure.None : Figure.Seconds(peerCompile),
            peer is null ? Figure.None : Figure.Times(peerCompile / compile), goal > 0 ? $"{CompileGoal} ×" : "", goal > 0 && peer is not null ? peerCompile / compile >= CompileGoal : null);
        using var yara = count <= MaxYara ? Yara.Compile(literals, context.Options) : null;
        foreach (var kind in (CorpusKind[])[CorpusKind.Pe, CorpusKind.Elf, CorpusKind.Text])
        {
            if (context.Blob(kind, BlobMebibytes, report) is { } blob)
            {
                var data = Plant(blob.Bytes, literals);
                AddBlob($"{count} literals, {kind}", data, literals, engine, peer, context.Options.Rounds, goal, report);
                if (yara is not null)
                {
                    AddYara($"{count} literals, {kind}, YARA", folder, data, yara, engine, report);
                }
            }
        }
    }

    private static void AddBlob(
        string what, byte[] data, byte[][] literals, EngineSet engine, Vectorscan? peer, int rounds, double goal, RowReport report)
    {
        var matcher = engine.NewMatcher();
        var seen = new byte[literals.Length];
        Action own = () => matcher.MatchBinary(data);
        var seconds = peer is null
            ? Timing.Interleaved(rounds, own)
            : Timing.Interleaved(rounds, own, () => peer.Scan(data, seen));
        var found = matcher.MatchBinary(data);
        Require(what, found >= Planted, $"{found} of at least {Planted} literals were found");
        var occurrences = 0L;
        if (peer is not null)
        {
            Array.Clear(seen);
            occurrences = peer.Scan(data, seen);
            Require(what, seen.Count(mark => mark != 0) == found, $"Vectorscan found {seen.Count(mark => mark != 0)} literals, we {found}");
            Require(what, NaiveAgrees(data, literals, seen), "a naive search of a sample finds others");
        }

        report.Add(what, Figure.Speed(data.Length, seconds[0]), peer is null ? Figure.None : Figure.Speed(data.Length, seconds[1]),
            peer is null ? Figure.None : Figure.Times(seconds[1] / seconds[0]), goal > 0 ? $"{goal} ×" : "", goal > 0 && peer is not null ? seconds[1] / seconds[0] >= goal : null);
        report.Note($"{what}: the same {found} literals found by all, {occurrences} occurrences.");
    }

    private static void AddYara(string what, RowFolder folder, byte[] data, Yara yara, EngineSet engine, RowReport report)
    {
        var file = folder.Write("blob", data);
        var empty = folder.Write("empty", "x");
        var matcher = engine.NewMatcher();
        var seconds = Timing.Interleaved(
            3, Timed.Here(() => matcher.MatchBinary(data)), Timed.Command(() => yara.Scan(file)), Timed.Command(() => yara.Scan(empty)));
        Require(what, yara.Scan(file) == matcher.MatchBinary(data), "YARA finds others");
        var peer = Math.Max(seconds[1] - seconds[2], 1e-9);
        report.Add(what, Figure.Speed(data.Length, seconds[0]), Figure.Speed(data.Length, peer), Figure.Times(peer / seconds[0]));
    }

    private static Vectorscan? Peer(RowContext context, byte[][] literals, out double seconds, RowReport report)
    {
        seconds = 0;
        if (!Vectorscan.IsInstalled(context.Options))
        {
            report.Note(Tool.Missing("vectorscan"));
            return null;
        }

        Vectorscan? peer = null;
        seconds = Timing.Seconds(() => peer = Vectorscan.Compile(literals));
        report.Note($"{literals.Length} literals: {peer!.Description}.");
        return peer;
    }

    /// <summary>Distinct, 8 to 40 bytes, half from programs and half from texts.</summary>
    private static byte[][] Literals(RowContext context, int count)
    {
        var random = new Random(context.Options.Seed);
        var fragments = new FragmentPool(context.Corpus);
        var literals = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (literals.Count < count)
        {
            var kind = random.Next(4) switch { 0 => CorpusKind.Pe, 1 => CorpusKind.Elf, _ => CorpusKind.Text };
            var literal = fragments.Draw(kind, random.Next(8, 41), random);
            literals.TryAdd(Encoding.Latin1.GetString(literal), literal);
        }

        return [.. literals.Values];
    }

    private static void WriteNdb(string path, byte[][] literals)
    {
        using var writer = new StreamWriter(path);
        for (var i = 0; i < literals.Length; i++)
        {
            writer.Write(FormattableString.Invariant($"Literal-{i}:0:*:{Convert.ToHexStringLower(literals[i])}\n"));
        }
    }

    /// <summary>A copy of the blob with some literals in it, evenly spread.</summary>
    private static byte[] Plant(byte[] blob, byte[][] literals)
    {
        var data = (byte[])blob.Clone();
        for (var i = 0; i < Planted; i++)
        {
            literals[i * (literals.Length / Planted)].CopyTo(data, (i + 1L) * (data.Length / (Planted + 1)));
        }

        return data;
    }

    private static bool NaiveAgrees(byte[] data, byte[][] literals, byte[] seen)
    {
        const int Sample = 300;
        var step = Math.Max(1, literals.Length / Sample);
        for (var i = 0; i < literals.Length; i += step)
        {
            if (data.AsSpan().IndexOf(literals[i]) >= 0 != (seen[i] != 0))
            {
                return false;
            }
        }

        return true;
    }

    private static void Require(string what, bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException($"{what}: {otherwise}.");
        }
    }
}
