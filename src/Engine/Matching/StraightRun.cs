namespace Engine.Matching;

/// <summary>
/// The instructions that lead from one place to one other. Nearly all programs have nothing else, and need no set of places.
/// </summary>
internal static class StraightRun
{
    /// <summary>Runs a program up to its end or its first choice.</summary>
    /// <param name="at">Index into the bytes, 0 or more; moved to the end of what matched.</param>
    /// <param name="work">Units for the budget are added.</param>
    /// <returns>False when an instruction does not match.</returns>
    /// <exception cref="Images.ImageException">The program is damaged.</exception>
    public static bool Run(ref PartCode code, ReadOnlySpan<byte> bytes, ref int at, ref long work)
    {
        while (!code.AtEnd)
        {
            var rest = bytes[at..];
            switch (code.Peek())
            {
                case PartOperation.Literal:
                    code.Operation();
                    var literal = code.Bytes(code.Number());
                    work += 1 + (literal.Length >> 4);
                    if (!rest.StartsWith(literal))
                    {
                        return false;
                    }

                    at += literal.Length;
                    break;
                case PartOperation.Masked:
                    code.Operation();
                    var count = code.Number();
                    var values = code.Bytes(count);
                    var masks = code.Bytes(count);
                    work += 1 + (values.Length >> 2);
                    if (!IsMasked(rest, values, masks))
                    {
                        return false;
                    }

                    at += values.Length;
                    break;
                case PartOperation.Any:
                    code.Operation();
                    var skipped = code.Number();
                    if (skipped > rest.Length)
                    {
                        return false;
                    }

                    at += (int)skipped;
                    break;
                case PartOperation.Set:
                    code.Operation();
                    var set = code.Bytes(PartRecord.SetSize);
                    work++;
                    if (rest.IsEmpty || !PartRecord.IsIn(set, rest[0]))
                    {
                        return false;
                    }

                    at++;
                    break;
                default:
                    return true;
            }
        }

        return true;
    }

    /// <summary>Whether the first bytes are the values where the masks look.</summary>
    public static bool IsMasked(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> values, ReadOnlySpan<byte> masks)
    {
        if (bytes.Length < values.Length)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if ((bytes[i] & masks[i]) != values[i])
            {
                return false;
            }
        }

        return true;
    }
}
