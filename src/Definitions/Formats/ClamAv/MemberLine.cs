using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name:ctype:csize:fnameregex:fsizeC:fsizeR:enc:pos:res1:res2[:minFL[:maxFL]]</c> of <c>.cdb</c>
/// (clamav-formats.md §3.8). The two reserved fields may hold anything.
/// </summary>
internal sealed class MemberLine : SignatureLineFormat
{
    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[13]);
        if (fields.Count is < 10 or > 12)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "Container metadata has 10 to 12 fields between colons: name:ctype:csize:"
                + "fnameregex:fsizeC:fsizeR:enc:pos:res1:res2[:minFL[:maxFL]]; so no field can hold a colon.");
        }

        var outcome = LevelRange.Read(fields, 10, report, out _);
        if (outcome != LineOutcome.Accepted)
        {
            return outcome;
        }

        var reader = new MemberFields(fields, report);
        if (!NameField.TryRead(fields[0], fields.Column(0), report, out var name)
            || !reader.TryReadType(1, out var type)
            || !reader.TryReadRange(2, out var containerSize)
            || !reader.TryReadPattern(3, out var pattern)
            || !reader.TryReadRange(4, out var compressedSize)
            || !reader.TryReadRange(5, out var realSize)
            || !reader.TryReadEncrypted(6, out var isEncrypted)
            || !reader.TryReadRange(7, out var position))
        {
            return LineOutcome.Malformed;
        }

        signature = new MemberSignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            ContainerType = type,
            ContainerSize = containerSize,
            NamePattern = pattern,
            CompressedSize = compressedSize,
            RealSize = realSize,
            IsEncrypted = isEncrypted,
            Position = position,
            Crc = null,
        };
        return LineOutcome.Accepted;
    }
}
