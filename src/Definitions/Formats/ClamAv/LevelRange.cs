namespace Definitions.Formats.ClamAv;

/// <summary>
/// The optional last fields of a line: the functionality levels it is meant for (clamav-formats.md §3.3). An empty
/// minimum is 0; an empty maximum is 0 as well, so that the line is skipped.
/// </summary>
internal static class LevelRange
{
    private const long Limit = uint.MaxValue;

    /// <param name="first">Index of the field with the minimum; it and the one after it may be absent.</param>
    /// <returns>Accepted when the engine's level is inside the range.</returns>
    public static LineOutcome Read(LineFields fields, int first, LineReport report, out long minimum)
    {
        minimum = 0;
        long maximum = Limit;
        if (fields.Count > first && !TryRead(fields[first], out minimum))
        {
            return Fault(fields, first, report);
        }

        if (fields.Count > first + 1)
        {
            if (!TryRead(fields[first + 1], out maximum))
            {
                return Fault(fields, first + 1, report);
            }

            if (fields[first + 1].IsEmpty)
            {
                report.Warn(SignatureCodes.EmptyMaximumLevel, fields.Column(first + 1),
                    "The maximum functionality level is empty and counts as 0: this line is never loaded. "
                    + "Leave out the field and its colon for no maximum.");
            }
        }

        const int level = EngineVersion.FunctionalityLevel;
        return minimum <= level && level <= maximum
            ? LineOutcome.Accepted
            : report.SkipSilently(SignatureCodes.OtherLevel, fields.Column(first),
                $"For functionality levels {minimum} to {(maximum == Limit ? "any" : maximum)}; this engine has {level}.");
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out long level)
    {
        level = 0;
        return text.IsEmpty || DecimalNumber.TryRead(text, Limit, out level);
    }

    private static LineOutcome Fault(LineFields fields, int index, LineReport report) =>
        report.Error(SignatureCodes.FunctionalityLevel, fields.Column(index),
            $"The functionality level {Quoted.Text(fields[index])} is not a decimal number.");
}
