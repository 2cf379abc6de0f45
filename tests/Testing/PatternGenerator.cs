using System.Globalization;
using System.Text;
using Definitions.Signatures;

namespace Testing;

/// <summary>
/// Makes valid hex signature text over the whole grammar of clamav-formats.md §3.6, and data that matches it exactly,
/// nearly, or not at all. The same seed gives the same text. Small alphabets, so that accidental matches happen too.
/// </summary>
/// <remarks>
/// Left out on purpose, because the reference engine gets them wrong (docs/differences.md): a part that starts
/// with choices of which one begins with another, and set-off bytes whose low nibble is not fixed.
/// </remarks>
public sealed class PatternGenerator(Random random)
{
    private const string Alphabet = "ABCDEFab09 .\n\r-=";

    /// <summary>From the first range on, <c>{n}</c> splits as well, so that what follows needs a key of its own.</summary>
    private bool _hasRange;

    /// <summary>Hex signature text that loads for every target.</summary>
    public string Pattern(bool isForReference = false)
    {
        var parts = random.Next(10) switch { < 5 => 1, < 8 => 2, _ => 3 };
        var text = new StringBuilder();
        _hasRange = false;
        for (var i = 0; i < parts; i++)
        {
            var gap = i == 0 ? "" : Gap();
            _hasRange |= gap.StartsWith('{');
            text.Append(gap).Append(Part(isForReference));
        }

        return text.ToString();
    }

    /// <summary>An offset that needs nothing but bytes.</summary>
    public string Offset(int dataLength)
    {
        var number = random.Next(dataLength + 2).ToString(CultureInfo.InvariantCulture);
        var shift = random.Next(3) == 0 ? $",{random.Next(dataLength)}" : "";
        return random.Next(8) switch
        {
            < 4 => "*",
            4 or 5 => number + shift,
            _ => "EOF-" + number + shift,
        };
    }

    /// <summary>Bytes for the pattern: usually some that match it, often with a change, between random ones.</summary>
    public byte[] Data(HexPattern pattern)
    {
        var data = new List<byte>();
        AddNoise(data, random.Next(12));
        var copies = random.Next(4) == 0 ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            new PatternSample(random, RandomByte).AddTo(data, pattern);
            AddNoise(data, random.Next(8));
        }

        if (data.Count > 0 && random.Next(3) == 0)
        {
            Change(data);
        }

        return [.. data];
    }

    private string Part(bool isForReference)
    {
        // The key comes first or after single bytes, so that what follows is searched forwards and filterable.
        var core = new StringBuilder();
        for (var i = random.Next(4) - 1; i > 0; i--)
        {
            core.Append(SingleByte());
        }

        core.Append(Key());
        for (var i = random.Next(6); i > 0; i--)
        {
            core.Append(Item());
        }

        var left = random.Next(6) == 0 ? Boundary(mayNegate: !isForReference) : "";
        var right = random.Next(6) == 0 ? Boundary(mayNegate: true) : "";
        var lead = random.Next(10) == 0 ? SetOffByte() + Distance() : "";
        var trail = random.Next(10) == 0 ? Distance() + SetOffByte() : "";
        return lead + left + core + right + trail;
    }

    private string Item() => random.Next(12) switch
    {
        < 5 => Literal(),
        5 => "??",
        6 => Nibble(),
        7 => $"{{{random.Next(1, 5)}}}" + (_hasRange ? Key() : ""),
        8 => $"({Literal()}|{Literal()})",
        9 => $"!({Literal()}|{Literal()})",
        10 => Strings(),
        _ => Literal() + Boundary(mayNegate: true) + Literal(),
    };

    private string SingleByte() => random.Next(4) switch
    {
        0 => $"({Literal()}|{Literal()})",
        1 => $"!({Literal()}|{Literal()})",
        2 => Nibble(),
        _ => Literal(),
    };

    /// <summary>Choices of more than one byte, often of different lengths; one may begin with another.</summary>
    private string Strings()
    {
        var negated = random.Next(4) == 0;
        var choices = random.GetItems("ABC"u8, 3).Select(b => $"{b:x2}" + (negated ? Literal() : random.Next(4) switch
        {
            0 => "",
            1 => Literal() + Nibble(),
            2 => $"({Literal()}|{Literal()}{Literal()})",
            _ => Literal(),
        }));
        return $"{(negated ? "!" : "")}({string.Join('|', choices)})";
    }

    private string Gap() => random.Next(7) switch
    {
        0 or 1 => "*",
        2 => $"{{-{random.Next(1, 6)}}}",
        3 => $"{{{random.Next(1, 6)}-}}",
        4 => $"{{{random.Next(128, 140)}}}",
        5 => "{4-2}",
        _ => $"{{{random.Next(3)}-{random.Next(3, 8)}}}",
    };

    private string Boundary(bool mayNegate) =>
        (mayNegate && random.Next(3) == 0 ? "!" : "") + (random.Next(3) switch { 0 => "(B)", 1 => "(L)", _ => "(W)" });

    private string SetOffByte() => random.Next(4) == 0 ? $"?{Literal()[1]}" : Literal();

    private string Distance() => random.Next(2) == 0 ? $"[{random.Next(4)}]" : $"[{random.Next(3)}-{random.Next(3, 6)}]";

    private string Key() => Literal() + Literal() + Literal();

    private string Literal() => $"{RandomByte():x2}";

    private string Nibble() => random.Next(2) == 0 ? $"{Literal()[0]}?" : $"?{Literal()[1]}";

    private byte RandomByte() => (byte)Alphabet[random.Next(Alphabet.Length)];

    private void AddNoise(List<byte> data, int count)
    {
        for (var i = 0; i < count; i++)
        {
            data.Add(RandomByte());
        }
    }

    private void Change(List<byte> data)
    {
        var at = random.Next(data.Count);
        switch (random.Next(3))
        {
            case 0:
                data[at] = RandomByte();
                break;
            case 1:
                data.RemoveAt(at);
                break;
            default:
                data.Insert(at, RandomByte());
                break;
        }
    }
}
