using System.Globalization;
using Engine.Benchmarks.Corpora;

namespace Engine.Benchmarks.Generation;

/// <summary>
/// Bodies of <c>.ndb</c> lines: two fifths have gaps, a tenth single wildcards, a few alternatives, and a third of those for
/// programs have a fixed or bounded place, as in published sets (clamav-formats.md §7).
/// </summary>
internal sealed class BodyGenerator(FragmentPool fragments, SignatureNames names, Random random)
{
    private const int MinLength = 10;
    private const int MaxLength = 800;

    /// <summary>Target and its share of 257.</summary>
    private static readonly (int Target, int Share)[] _targets =
        [(1, 110), (7, 48), (2, 41), (6, 19), (0, 17), (3, 16), (10, 3), (12, 2), (9, 1)];

    /// <summary>One line, without its end.</summary>
    /// <param name="plant">Receives what matches the line, when it can be planted.</param>
    /// <param name="mustPlant">True: the line gets a target and a place that can be planted.</param>
    public string Next(bool mustPlant, out PlantedBody? plant)
    {
        var target = PickTarget();
        while (mustPlant && !PlantedBody.CanCarry(target))
        {
            target = PickTarget();
        }

        var offset = mustPlant ? "*" : Offset(target);
        var body = Body(KindOf(target), Length());
        var name = names.Next(target);
        plant = mustPlant ? new PlantedBody(name, target, [body.Sample]) : null;
        return string.Create(CultureInfo.InvariantCulture, $"{name}:{target}:{offset}:{body.Hex}");
    }

    /// <summary>The kind of bytes that objects of a target consist of.</summary>
    public static CorpusKind KindOf(int target) => target switch
    {
        3 or 4 or 7 or 10 => CorpusKind.Text,
        6 => CorpusKind.Elf,
        _ => CorpusKind.Pe,
    };

    public BodyPattern Body(CorpusKind kind, int length)
    {
        var bytes = fragments.Draw(kind, length, random);
        var body = new BodyPattern();
        var pieces = random.Next(257) < 104 && length >= 24 ? random.Next(2, Math.Min(5, (length / 10) + 1)) : 1;
        var hasWildcards = random.Next(257) < 27;
        var hasAlternatives = random.Next(257) < 3;
        for (var piece = 0; piece < pieces; piece++)
        {
            if (piece > 0)
            {
                AddGap(body);
            }

            AddPiece(body, bytes.AsSpan(piece * length / pieces, ((piece + 1) * length / pieces) - (piece * length / pieces)), hasWildcards, hasAlternatives);
        }

        return body;
    }

    /// <summary>Log-normal with a median of 60 bytes and a mean of about 90.</summary>
    private int Length() => Math.Clamp((int)LogNormal(random, median: 60, sigma: 0.9), MinLength, MaxLength);

    public static double LogNormal(Random random, double median, double sigma)
    {
        // Box and Muller; 1 - x is never 0.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    private int PickTarget()
    {
        var at = random.Next(257);
        foreach (var (target, share) in _targets)
        {
            at -= share;
            if (at < 0)
            {
                return target;
            }
        }

        return 0;
    }

    private void AddGap(BodyPattern body)
    {
        switch (random.Next(8))
        {
            case < 4: body.Star(); break;
            case 4: body.Gap(random.Next(1, 40), null); break;
            case 5: body.Gap(0, random.Next(2, 60)); break;
            case 6:
                var min = random.Next(1, 20);
                body.Gap(min, min + random.Next(1, 80));
                break;
            default:
                var width = random.Next(1, 24);
                body.Gap(width, width);
                break;
        }
    }

    /// <summary>The first and last four bytes stay fixed: a part needs a pair of them, and gaps stand between fixed bytes.</summary>
    private void AddPiece(BodyPattern body, ReadOnlySpan<byte> bytes, bool hasWildcards, bool hasAlternatives)
    {
        if (bytes.Length < 12 || !(hasWildcards || hasAlternatives))
        {
            body.Literal(bytes);
            return;
        }

        body.Literal(bytes[..4]);
        for (var i = 4; i < bytes.Length - 4; i++)
        {
            var roll = random.Next(10);
            if (hasWildcards && roll == 0)
            {
                body.Any(1);
            }
            else if (hasWildcards && roll == 1)
            {
                body.Nibble(bytes[i], isHigh: random.Next(2) == 0);
            }
            else if (hasAlternatives && i == bytes.Length / 2)
            {
                body.OneOf([(byte)~bytes[i]], [(byte)(bytes[i] ^ 0x55), bytes[i]], [bytes[i]]);
            }
            else
            {
                body.Literal(bytes.Slice(i, 1));
            }
        }

        body.Literal(bytes[^4..]);
    }

    private string Offset(int target)
    {
        var isProgram = target is 1 or 6 or 9;
        var roll = random.Next(100);
        return isProgram
            ? roll switch
            {
                < 64 => "*",
                < 74 => "EP+0",
                < 79 => $"EP+{random.Next(0, 64)},{random.Next(8, 512)}",
                < 81 => $"S0+{random.Next(0, 4096)}",
                < 82 => $"SL+0,{random.Next(16, 1024)}",
                < 91 => "0",
                < 97 => $"{random.Next(1, 4096)}",
                _ => $"EOF-{random.Next(800, 8192)}",
            }
            : roll switch
            {
                < 80 => "*",
                < 92 => "0",
                < 97 => $"{random.Next(1, 1024)},{random.Next(1, 256)}",
                _ => $"EOF-{random.Next(800, 4096)}",
            };
    }
}
