using Definitions.Signatures;

namespace Testing;

/// <summary>Writes bytes that match a pattern, or try to: negations and set-off bytes may come out wrong by chance.</summary>
internal sealed class PatternSample(Random random, Func<byte> randomByte)
{
    public void AddTo(List<byte> data, HexPattern pattern)
    {
        AddEdge(data, pattern.Left);
        for (var i = 0; i < pattern.Parts.Count; i++)
        {
            var part = pattern.Parts[i];
            if (i > 0)
            {
                AddEdge(data, pattern.Parts[i - 1].Right);
                var least = part.Gap.Minimum;
                AddRandom(data, random.Next(least, Math.Max(least, part.Gap.Maximum ?? (least + 4)) + 1));
                AddEdge(data, part.Left);
            }

            AddItems(data, part.Items);
        }

        AddEdge(data, pattern.Right);
    }

    /// <summary>A boundary at the end of a part usually finds a byte that suits it.</summary>
    private void AddEdge(List<byte> data, PatternBoundary? boundary)
    {
        if (boundary is { } b && random.Next(4) > 0)
        {
            AddBoundary(data, b);
        }
    }

    private void AddItems(List<byte> data, IReadOnlyList<PatternItem> items)
    {
        foreach (var item in items)
        {
            switch (item)
            {
                case ByteItem b:
                    data.Add((byte)(b.Value | (randomByte() & ~b.Mask)));
                    break;
                case AlternativesItem { Negated: false } a:
                    AddItems(data, a.Choices[random.Next(a.Choices.Count)]);
                    break;
                case AlternativesItem a:
                    AddRandom(data, a.Choices[0].Count);
                    break;
                case ShortGapItem g:
                    AddRandom(data, random.Next(g.Minimum, g.Maximum + 1));
                    break;
                case BoundaryItem b:
                    AddBoundary(data, b.Boundary);
                    break;
                default:
                    throw new NotSupportedException(item.GetType().Name);
            }
        }
    }

    private void AddBoundary(List<byte> data, PatternBoundary boundary)
    {
        if (boundary.Negated)
        {
            AddRandom(data, 1);
        }
        else if (boundary.Kind == BoundaryKind.Line && random.Next(2) == 0)
        {
            data.AddRange("\r\n"u8);
        }
        else
        {
            data.Add(boundary.Kind == BoundaryKind.Line ? (byte)'\n' : " -."u8[random.Next(3)]);
        }
    }

    private void AddRandom(List<byte> data, int count)
    {
        for (var i = 0; i < count; i++)
        {
            data.Add(randomByte());
        }
    }
}
