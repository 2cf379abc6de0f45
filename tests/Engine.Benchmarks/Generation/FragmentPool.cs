using Engine.Benchmarks.Corpora;

namespace Engine.Benchmarks.Generation;

/// <summary>
/// Byte strings that look like what signatures are made of: pieces of this machine's programs and texts with some bytes
/// changed, so that they share grams with benign files and still are in none of them; and random bytes.
/// </summary>
internal sealed class FragmentPool
{
    private const int SampleBytes = 8 << 20;

    /// <summary>Of ten thousand bytes of a fragment so many are changed, two at least.</summary>
    private const int ChangedShare = 1500;

    private readonly Dictionary<CorpusKind, byte[]> _samples = [];

    public FragmentPool(Corpus corpus)
    {
        foreach (var kind in (CorpusKind[])[CorpusKind.Pe, CorpusKind.Elf, CorpusKind.Text])
        {
            if (corpus.Blob(kind, SampleBytes, CorpusHalf.Drawn) is { } path)
            {
                _samples[kind] = File.ReadAllBytes(path);
            }
        }
    }

    /// <summary>One in three is random bytes, and all are where the machine has no files of the kind.</summary>
    public byte[] Draw(CorpusKind kind, int length, Random random)
    {
        var fragment = new byte[length];
        if (!_samples.TryGetValue(kind, out var sample) || (kind != CorpusKind.Text && random.Next(3) == 0))
        {
            random.NextBytes(fragment);
            return fragment;
        }

        for (var attempt = 0; attempt < 8; attempt++)
        {
            sample.AsSpan(random.Next(sample.Length - length), length).CopyTo(fragment);
            if (!IsFlat(fragment))
            {
                break;
            }
        }

        if (kind == CorpusKind.Text)
        {
            ChangeText(fragment, random);
        }
        else
        {
            ChangeBytes(fragment, random);
        }

        return fragment;
    }

    private static void ChangeBytes(Span<byte> fragment, Random random)
    {
        var changes = Math.Max(2, fragment.Length * ChangedShare / 10_000);
        for (var i = 0; i < changes; i++)
        {
            fragment[random.Next(fragment.Length)] = (byte)random.Next(256);
        }
    }

    /// <summary>
    /// Lower case, one space for any white space and anything outside plain text: what a normalised copy of a text keeps as
    /// it is (clamav-formats.md §3.12). No quotes, slashes or brackets, which normalisers read.
    /// </summary>
    private static void ChangeText(Span<byte> fragment, Random random)
    {
        var changes = Math.Max(2, fragment.Length * ChangedShare / 10_000);
        for (var i = 0; i < changes; i++)
        {
            fragment[random.Next(fragment.Length)] = (byte)('a' + random.Next(26));
        }

        for (var i = 0; i < fragment.Length; i++)
        {
            var c = (char)fragment[i];
            fragment[i] = char.IsAsciiLetterOrDigit(c) ? (byte)char.ToLowerInvariant(c)
                : c is '.' or '_' or '=' or '(' or ')' or ';' or ',' ? (byte)c
                : i > 0 && i < fragment.Length - 1 && fragment[i - 1] != ' ' ? (byte)' '
                : (byte)('a' + random.Next(26));
        }
    }

    /// <summary>More than two fifths of one value: padding and tables, which nobody takes for a signature.</summary>
    private static bool IsFlat(ReadOnlySpan<byte> bytes)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        var most = 0;
        foreach (var value in bytes)
        {
            most = Math.Max(most, ++counts[value]);
        }

        return most * 5 > bytes.Length * 2;
    }
}
