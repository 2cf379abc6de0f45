using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary><c>name:group1:group2:metrics</c> of <c>.idb</c> (clamav-formats.md §3.10): the shape and its ranges.</summary>
internal sealed class IconLine : SignatureLineFormat
{
    private const int MetricDigits = 124;
    private const int MaxAverage = 4072;

    public override string? UnmatchedNote => "icon hashes: checked and counted; icon groups are not matched.";

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[5]);
        if (fields.Count != 4)
        {
            return report.Error(SignatureCodes.FieldCount, 0,
                "An icon hash has 4 fields between colons: name:group1:group2:metrics.");
        }

        var metrics = fields[3];
        if (metrics.Length != MetricDigits)
        {
            return report.Error(SignatureCodes.IconMetrics, fields.Column(3),
                $"The metrics of an icon are {MetricDigits} hexadecimal digits; these are {metrics.Length} characters.");
        }

        if (FirstFault(metrics) is { } at)
        {
            return report.Error(SignatureCodes.IconMetrics, fields.Column(3) + at,
                "This metric of the icon is no hexadecimal number, or out of range: size 10, 18 or 20; averages to fe8; "
                + "places to 7/8 of the size; sums to 67 and the colour count to 64.");
        }

        // The reference engine takes an empty name here.
        signature = new UnmatchedSignature
        {
            Name = fields[0].IsEmpty ? "unnamed" : NameField.Decode(fields[0]),
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = UnmatchedKind.Icon,
        };
        return LineOutcome.Accepted;
    }

    /// <summary>Index of the first digit of a metric that is wrong; null when all are right.</summary>
    private static int? FirstFault(ReadOnlySpan<byte> metrics)
    {
        var reader = new MetricReader(metrics);
        reader.Take(2, int.MaxValue);
        var size = reader.Last;
        if (size is not (0x10 or 0x18 or 0x20))
        {
            return 0;
        }

        var place = size - (size / 8);
        for (var colour = 0; colour < 6; colour++)
        {
            reader.Take(3, MaxAverage);
            reader.Take(2, place);
            reader.Take(2, place);
        }

        for (var spot = 0; spot < 12; spot++)
        {
            reader.Take(2, int.MaxValue);
            reader.Take(2, place);
            reader.Take(2, place);
        }

        for (var sum = 0; sum < 3; sum++)
        {
            reader.Take(2, 103);
        }

        reader.Take(2, 100);
        return reader.Fault;
    }

    private ref struct MetricReader(ReadOnlySpan<byte> digits)
    {
        private readonly ReadOnlySpan<byte> _digits = digits;
        private int _at;

        public int Last { get; private set; }

        public int? Fault { get; private set; }

        public void Take(int count, int limit)
        {
            var value = 0;
            var isNumber = true;
            foreach (var digit in _digits.Slice(_at, count))
            {
                var nibble = HexDigits.Value(digit);
                isNumber &= nibble >= 0;
                value = (value << 4) | (nibble & 15);
            }

            Last = value;
            if (!isNumber || value > limit)
            {
                Fault ??= _at;
            }

            _at += count;
        }
    }
}
