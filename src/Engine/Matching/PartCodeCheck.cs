using Engine.Images;

namespace Engine.Matching;

/// <summary>Walks a program without bytes: every instruction is known, every operand is there, lengths are what they say.</summary>
internal static class PartCodeCheck
{
    /// <summary>Bytes of the shortest and longest match.</summary>
    /// <exception cref="ImageException">The program is damaged.</exception>
    public static (long Min, long Max) Measure(ReadOnlySpan<byte> program, int depth = PartCode.MaxDepth)
    {
        var code = new PartCode(program);
        var (min, max) = (0L, 0L);
        while (!code.AtEnd)
        {
            var operation = code.Operation();
            var (least, most) = operation switch
            {
                PartOperation.Literal => Same(code.Bytes(code.Number()).Length),
                PartOperation.Masked => Same(code.Bytes(2L * code.Number()).Length / 2),
                PartOperation.Any => Same(code.Number()),
                PartOperation.Set => Same(code.Bytes(PartRecord.SetSize).Length / PartRecord.SetSize),
                PartOperation.NoLineEnd => Same(1),
                PartOperation.Alternatives or PartOperation.NoneOf => Choices(ref code, depth, operation),
                _ => throw ImageException.Damaged("a program has an unknown instruction"),
            };
            (min, max) = (min + least, max + most);
        }

        return max <= PartCode.MaxLength && max - min <= PartCode.MaxSpread
            ? (min, max)
            : throw ImageException.Damaged("a program matches too much");
    }

    private static (long Min, long Max) Same(long length) => (length, length);

    private static (long Min, long Max) Choices(ref PartCode code, int depth, PartOperation operation)
    {
        var declared = (Min: (long)code.Number(), Max: (long)code.Number());
        var (min, max) = (long.MaxValue, 0L);
        for (var choices = code.Number(); choices > 0; choices--)
        {
            var choice = code.Bytes(code.Number());
            var (least, most) = depth > 0
                ? Measure(choice, depth - 1)
                : throw ImageException.Damaged("a program nests too deep");
            (min, max) = (Math.Min(min, least), Math.Max(max, most));
        }

        return declared == (min, max) && (operation == PartOperation.Alternatives || min == max)
            ? declared
            : throw ImageException.Damaged("a program's alternatives are not as long as they say");
    }
}
