using System.Text;
using Engine.Benchmarks.Corpora;

namespace Engine.Benchmarks.Rows;

/// <summary>Inputs made against a set by someone who has its signature files: everything that wakes much and matches little.</summary>
internal sealed class WorstInputs(IReadOnlyList<string> bodyLines, IReadOnlyList<string> logicalLines, int bytes)
{
    /// <summary>Name and content of each; a pattern's own bytes come with the last one broken.</summary>
    public IEnumerable<(string Name, byte[] Content)> All(RowContext context)
    {
        yield return ("zeros", new byte[bytes]);
        yield return ("0xFF", Repeat([0xFF]));
        yield return ("blanks", Repeat("  "u8.ToArray()));
        yield return ("one letter", Repeat("a"u8.ToArray()));
        yield return ("two letters", Repeat("ab"u8.ToArray()));
        var runs = Runs(bodyLines.Concat(logicalLines)).Distinct(ByteRuns.Instance).ToList();
        yield return ("beginnings of all patterns, back to back", Join(runs.Select(run => run[..Math.Min(8, run.Length)])));
        yield return ("all patterns but their last byte, back to back", Join(runs.Select(Broken)));
        yield return ("the patterns with the most common beginning", Join(Crowded(runs).Select(Broken)));
        yield return ("windows of 5 bytes of all patterns, overlapping", Join(runs.SelectMany(run => Windows(run, 5))));
        yield return ("names that thousands of signatures ask for", Join(Shared().Select(Encoding.ASCII.GetBytes)));
        yield return ("the first parts of patterns with gaps, each 20 times", Join(FirstParts().SelectMany(part => Enumerable.Repeat(part, 20))));
        foreach (var kind in Corpus.Kinds)
        {
            if (context.Corpus.Blob(kind, bytes) is { } path)
            {
                yield return ($"benign {kind}", File.ReadAllBytes(path));
            }
        }
    }

    /// <summary>Texts that make work for what makes normalised copies.</summary>
    public IEnumerable<(string Name, byte[] Content)> Texts()
    {
        foreach (var (name, head, unit) in new[]
        {
            ("tags", "<html>", "<a href=x>"), ("open tags", "<html>", "<a "), ("entities", "<html><body>", "&amp;&#65;"),
            ("an open comment", "<html><!--", "x-- >"), ("attributes", "<html><a ", "b='c' "), ("script tokens", "<html><script>", "a=b+'c';"),
            ("strings of a script", "<html><script>", "'\\x41'+"), ("capitals and blanks", "words ", "A  B\t\tC\r\n"), ("one long line", "words ", "aB"),
        })
        {
            var content = Repeat(Encoding.ASCII.GetBytes(unit));
            Encoding.ASCII.GetBytes(head).CopyTo(content, 0);
            yield return ($"text, {name}", content);
        }
    }

    /// <summary>
    /// A small program with a name in it, once, that thousands of signatures ask for first: every one of them is woken.
    /// </summary>
    public static byte[] SmallProgram(byte[] elsewhere)
    {
        var content = elsewhere[..(64 << 10)];
        foreach (var (name, i) in Shared().Select((name, i) => (name, i)))
        {
            Encoding.ASCII.GetBytes(name).CopyTo(content, 4096 * (i + 1));
        }

        return content;
    }

    private IEnumerable<byte[]> FirstParts() => bodyLines
        .Where(line => line.Contains('{', StringComparison.Ordinal) || line.Contains('*', StringComparison.Ordinal))
        .Select(line => line.Split(':')[3].Split('*', '{')[0])
        .Where(hex => hex.Length is >= 8 and < 200 && hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigitLower))
        .Select(Convert.FromHexString);

    /// <summary>One pattern over and over, for a sample of the patterns.</summary>
    public IEnumerable<(string Name, byte[] Unit)> Singles(int count)
    {
        var runs = Runs(bodyLines.Concat(logicalLines)).ToList();
        var step = Math.Max(1, runs.Count / count);
        for (var i = 0; i < runs.Count; i += step)
        {
            yield return ($"pattern {Convert.ToHexStringLower(runs[i])[..Math.Min(24, runs[i].Length * 2)]}… but its last byte, repeated", Broken(runs[i]));
            yield return ($"first 6 bytes of {Convert.ToHexStringLower(runs[i])[..12]}, repeated", runs[i][..6]);
        }
    }

    public byte[] Repeat(byte[] unit)
    {
        var content = new byte[bytes];
        for (var at = 0; at < bytes; at += unit.Length)
        {
            unit.AsSpan(0, Math.Min(unit.Length, bytes - at)).CopyTo(content.AsSpan(at));
        }

        return content;
    }

    private static IEnumerable<string> Shared() => ["MSVBVM60.DLL", "MSVBVM50.DLL", "WriteProcessMemory", "CreateRemoteThread", "UPX!", "svchost.exe"];

    private static byte[] Broken(byte[] run)
    {
        var broken = (byte[])run.Clone();
        broken[^1] ^= 0x5A;
        return broken;
    }

    private static IEnumerable<byte[]> Windows(byte[] run, int width)
    {
        for (var at = 0; at + width <= run.Length && at < 4 * width; at += width)
        {
            yield return run[at..(at + width)];
        }
    }

    /// <summary>The patterns that share their first four bytes with the most others.</summary>
    private static IEnumerable<byte[]> Crowded(List<byte[]> runs) => runs
        .GroupBy(run => BitConverter.ToUInt32(run))
        .OrderByDescending(group => group.Count())
        .Take(50)
        .SelectMany(group => group);

    private byte[] Join(IEnumerable<byte[]> units)
    {
        using var unit = new MemoryStream();
        foreach (var part in units)
        {
            unit.Write(part);
            if (unit.Length > bytes)
            {
                break;
            }
        }

        return unit.Length == 0 ? new byte[bytes] : Repeat(unit.ToArray());
    }

    /// <summary>Fully fixed pieces of at least six bytes of each line.</summary>
    private static IEnumerable<byte[]> Runs(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            foreach (var field in line.Split(line.Contains(';', StringComparison.Ordinal) ? ';' : ':').Skip(3))
            {
                foreach (var run in field.Split('*', '{', '}', '(', ')', '?', ':', '|'))
                {
                    if (run.Length >= 12 && run.Length % 2 == 0 && run.All(char.IsAsciiHexDigitLower))
                    {
                        yield return Convert.FromHexString(run);
                    }
                }
            }
        }
    }

    private sealed class ByteRuns : IEqualityComparer<byte[]>
    {
        public static ByteRuns Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
