using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>hash:size:name[:minFL[:maxFL]]</c> of <c>.hdb .hsb .fp .sfp .imp</c>, and <c>size:hash:name…</c> of
/// <c>.mdb .msb</c> (clamav-formats.md §3.4): the digest's length tells its kind, the extension does not matter.
/// </summary>
internal sealed class HashLine(HashPurpose purpose) : SignatureLineFormat
{
    public const long MaxSize = 4294967294;

    /// <summary>A size of <c>*</c> is only legal where engines below this level do not look.</summary>
    private const long AnySizeLevel = 73;

    private readonly int _sizeField = purpose == HashPurpose.PeSection ? 0 : 1;

    private int HashField => 1 - _sizeField;

    public override HashPurpose? Digests => purpose;

    /// <summary>The reference engine asks for the level everywhere but in import hashes.</summary>
    public static bool AllowsAnySize(HashPurpose purpose, long minimumLevel) =>
        minimumLevel >= AnySizeLevel || purpose == HashPurpose.PeImports;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[6]);
        if (fields.Count is < 3 or > 5)
        {
            var order = _sizeField == 0 ? "size:hash" : "hash:size";
            return report.Error(SignatureCodes.FieldCount, 0, "A hash signature has 3 to 5 fields between colons: "
                + $"{order}:name[:minFL[:maxFL]]; this line has {(fields.Count > 5 ? "more" : fields.Count)}.");
        }

        var outcome = LevelRange.Read(fields, 3, report, out var minimumLevel);
        if (outcome != LineOutcome.Accepted)
        {
            return outcome;
        }

        if (!TryReadSize(fields, minimumLevel, report, out var size)
            || !TryReadDigest(fields, report, out var value, out var kind)
            || !NameField.TryRead(fields[2], fields.Column(2), report, out var name))
        {
            return LineOutcome.Malformed;
        }

        signature = new HashSignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = kind,
            Purpose = purpose,
            Value = value,
            Size = size,
        };
        return LineOutcome.Accepted;
    }

    private bool TryReadSize(LineFields fields, long minimumLevel, LineReport report, out long? size)
    {
        size = null;
        var text = fields[_sizeField];
        if (text.SequenceEqual("*"u8))
        {
            if (AllowsAnySize(purpose, minimumLevel))
            {
                return true;
            }

            report.Error(SignatureCodes.AnySizeLevel, fields.Column(_sizeField),
                "A size of '*' needs a minimum functionality level (4th field) of 73 or more.");
            return false;
        }

        if (DecimalNumber.TryRead(text, MaxSize + 1, out var number) && number is > 0 and <= MaxSize)
        {
            size = number;
            return true;
        }

        report.Error(SignatureCodes.HashSize, fields.Column(_sizeField),
            $"The size {Quoted.Text(text)} is not '*' or a decimal number from 1 to 4294967294.");
        return false;
    }

    private bool TryReadDigest(LineFields fields, LineReport report, out byte[] value, out HashKind kind)
    {
        var text = fields[HashField];
        value = [];
        kind = text.Length switch { 32 => HashKind.Md5, 40 => HashKind.Sha1, _ => HashKind.Sha256 };
        if (text.Length is not (32 or 40 or 64))
        {
            report.Error(SignatureCodes.HashLength, fields.Column(HashField),
                $"The hash has {text.Length} digits; allowed are 32 (MD5), 40 (SHA-1) and 64 (SHA-256).");
            return false;
        }

        value = new byte[text.Length / 2];
        if (HexDigits.TryDecode(text, value, out var wrong))
        {
            return true;
        }

        report.Error(SignatureCodes.HashDigit, fields.Column(HashField) + wrong,
            $"{Quoted.Text(text.Slice(wrong, 1))} is not a hexadecimal digit.");
        return false;
    }
}
