using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>The fields that lines about members of containers share; each reports what is wrong with it.</summary>
internal readonly ref struct MemberFields(LineFields fields, LineReport report)
{
    /// <summary>Numbers beyond this count as this.</summary>
    private const long Limit = long.MaxValue / 16;

    private readonly LineFields _fields = fields;
    private readonly LineReport _report = report;

    /// <summary>The name of a type; null for <c>*</c> and <c>CL_TYPE_ANY</c>.</summary>
    public bool TryReadType(int index, out FileTypeName? type)
    {
        type = null;
        var text = _fields[index];
        if (text.SequenceEqual("*"u8))
        {
            return true;
        }

        if (!FileTypeNames.TryParse(text, out var read))
        {
            return Fault(SignatureCodes.ContainerType, index,
                $"{Quoted.Text(text)} is not '*' or the name of a file type such as CL_TYPE_ZIP.");
        }

        type = read == FileTypeName.Any ? null : read;
        return true;
    }

    /// <summary><c>*</c>, <c>n</c> or <c>n-m</c>; an empty field is 0, as in the reference engine.</summary>
    public bool TryReadRange(int index, out NumberRange? range)
    {
        range = null;
        var text = _fields[index];
        if (text.SequenceEqual("*"u8))
        {
            return true;
        }

        var dash = text.IndexOf((byte)'-');
        long minimum = 0;
        long maximum = 0;
        var isNumber = text.IsEmpty || (dash < 0
            ? DecimalNumber.TryRead(text, Limit, out minimum)
            : DecimalNumber.TryRead(text[..dash], Limit, out minimum) & DecimalNumber.TryRead(text[(dash + 1)..], Limit, out maximum));
        range = new NumberRange(minimum, dash < 0 ? minimum : maximum);
        return isNumber || Fault(SignatureCodes.NumberRange, index,
            $"{Quoted.Text(text)} is not '*', a decimal number, or a range of two such as 10-20.");
    }

    /// <summary><c>0</c>, <c>1</c> or <c>*</c>.</summary>
    public bool TryReadEncrypted(int index, out bool? isEncrypted)
    {
        var text = _fields[index];
        isEncrypted = text.SequenceEqual("1"u8);
        if (text.SequenceEqual("*"u8))
        {
            isEncrypted = null;
            return true;
        }

        return isEncrypted.Value || text.SequenceEqual("0"u8) || Fault(SignatureCodes.EncryptedFlag, index,
            $"{Quoted.Text(text)} is not 0 (not encrypted), 1 (encrypted) or '*'.");
    }

    /// <summary>The expression in .NET's form; null for <c>*</c>.</summary>
    public bool TryReadPattern(int index, out string? pattern)
    {
        pattern = null;
        var text = _fields[index];
        if (text.SequenceEqual("*"u8))
        {
            return true;
        }

        var translation = PosixRegex.Translate(NameField.Decode(text));
        pattern = translation.Pattern;
        return pattern is not null || Fault(SignatureCodes.MemberNamePattern, index,
            $"{Quoted.Text(text)} is not a POSIX extended regular expression: {translation.Fault}");
    }

    private bool Fault(string code, int index, string message)
    {
        _report.Error(code, _fields.Column(index), message);
        return false;
    }
}
