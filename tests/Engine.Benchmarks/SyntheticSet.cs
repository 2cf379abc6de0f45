using System.Text;

namespace Engine.Benchmarks;

/// <summary>Body signatures after the shape of real sets (clamav-formats.md §7), and 16 MiB of mixed data with some of them planted.</summary>
internal sealed class SyntheticSet
{
    public const int DataBytes = 16 << 20;

    public SyntheticSet(int patterns, int planted)
    {
        var random = new Random(20261122);
        Data = MixedData(random);
        var lines = new StringBuilder();
        for (var i = 0; i < patterns; i++)
        {
            var bytes = new byte[random.Next(20, 120)];
            random.NextBytes(bytes);
            var hex = Convert.ToHexStringLower(bytes);
            var isSplit = i % 3 == 0;
            var text = isSplit ? $"{hex[..20]}{(i % 2 == 0 ? "*" : "{2-8}")}{hex[20..]}" : hex;
            lines.Append("Win.Malware.Synthetic-").Append(i).Append("-0:0:*:").Append(text).Append('\n');
            if (i < planted)
            {
                // Where the pattern is split, the gap takes four bytes.
                var at = (i + 1) * (DataBytes / (planted + 1));
                bytes.AsSpan(0, 10).CopyTo(Data.AsSpan(at));
                bytes.AsSpan(10).CopyTo(Data.AsSpan(at + 10 + (isSplit ? 4 : 0)));
            }
        }

        Lines = lines.ToString();
    }

    /// <summary>The content of an <c>.ndb</c> file.</summary>
    public string Lines { get; }

    public byte[] Data { get; }

    /// <summary>A quarter each: text, program-like bytes with runs of zeros, compressed-like bytes, zeros.</summary>
    private static byte[] MixedData(Random random)
    {
        var data = new byte[DataBytes];
        var quarter = DataBytes / 4;
        var words = Enumerable.Range(0, 2000)
            .Select(_ => Encoding.ASCII.GetBytes(new string(random.GetItems("etaoinsrhldcumfpgwybvk".ToCharArray(), random.Next(2, 10))) + " "))
            .ToArray();
        for (var at = 0; at < quarter - 16;)
        {
            var word = words[random.Next(words.Length)];
            word.CopyTo(data, at);
            at += word.Length;
        }

        var opcodes = new byte[] { 0x8B, 0x89, 0xE8, 0x48, 0x83, 0xC0, 0x24, 0x44, 0x00, 0x00, 0x00, 0xFF, 0x0F, 0x85, 0x74, 0x10 };
        random.GetItems(opcodes, data.AsSpan(quarter, quarter));
        random.NextBytes(data.AsSpan(2 * quarter, quarter));
        return data;
    }
}
