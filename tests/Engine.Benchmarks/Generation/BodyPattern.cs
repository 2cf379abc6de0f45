using System.Globalization;
using System.Text;

namespace Engine.Benchmarks.Generation;

/// <summary>One body as a list of pieces: written as hex signature text, and made into bytes that it matches.</summary>
internal sealed class BodyPattern
{
    private readonly StringBuilder _hex = new();
    private readonly List<byte> _sample = [];

    /// <summary>The bytes that stand in for wildcards in the sample; fits binary and text objects.</summary>
    private const byte Filler = (byte)'q';

    /// <summary>Hex signature (clamav-formats.md §3.6).</summary>
    public string Hex => _hex.ToString();

    /// <summary>Bytes that the pattern matches.</summary>
    public byte[] Sample => [.. _sample];

    public BodyPattern Literal(ReadOnlySpan<byte> bytes)
    {
        _hex.Append(Convert.ToHexStringLower(bytes));
        _sample.AddRange(bytes);
        return this;
    }

    public BodyPattern Any(int count)
    {
        _hex.Insert(_hex.Length, "??", count);
        return Fill(count);
    }

    /// <param name="isHigh">The high half is fixed; else the low one.</param>
    public BodyPattern Nibble(byte value, bool isHigh)
    {
        var hex = value.ToString("x2", CultureInfo.InvariantCulture);
        _hex.Append(isHigh ? $"{hex[0]}?" : $"?{hex[1]}");
        _sample.Add(value);
        return this;
    }

    public BodyPattern OneOf(params IReadOnlyList<byte[]> choices)
    {
        _hex.Append('(').AppendJoin('|', choices.Select(Convert.ToHexStringLower)).Append(')');
        _sample.AddRange(choices[^1]);
        return this;
    }

    /// <summary>Any number of bytes.</summary>
    public BodyPattern Star()
    {
        _hex.Append('*');
        return Fill(3);
    }

    /// <param name="max">Null = no upper bound.</param>
    public BodyPattern Gap(int min, int? max)
    {
        _hex.Append(CultureInfo.InvariantCulture, $"{{{(min == max ? $"{min}" : $"{min}-{max}")}}}");
        return Fill(min);
    }

    private BodyPattern Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _sample.Add(Filler);
        }

        return this;
    }
}
