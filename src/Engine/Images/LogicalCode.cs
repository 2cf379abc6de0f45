using System.Text;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>Writes the blobs of section <see cref="SectionKind.LogicalCode"/>.</summary>
internal static class LogicalCode
{
    /// <summary>The fixed head and the intermediates: see <see cref="LogicalRecord"/>.</summary>
    public static void AddHead(ByteBuffer code, LogicalSignature signature)
    {
        var description = signature.Description;
        code.AddByte((byte)description.Target);
        code.AddByte((byte)signature.Subsignatures.Count);
        code.AddByte(description.Container is { } container ? (byte)container : LogicalRecord.NoType);
        code.AddByte(description.HandlerType is { } handler ? (byte)handler : LogicalRecord.NoType);
        code.AddByte((byte)description.Intermediates.Count);
        code.AddByte(description.IconGroup1 is not null || description.IconGroup2 is not null ? (byte)1 : (byte)0);
        code.AddUInt16(0);
        AddRange(code, description.FileSize ?? new NumberRange(0, long.MaxValue));
        AddRange(code, description.EntryPoint ?? new NumberRange(-1, 0));
        AddRange(code, description.NumberOfSections ?? new NumberRange(-1, 0));
        foreach (var type in description.Intermediates)
        {
            code.AddByte((byte)type);
        }
    }

    /// <summary>See <see cref="RegexBlob"/>, <see cref="ByteComparer"/>, <see cref="MacroMatcher"/>, <see cref="ObjectTests"/>, <see cref="FormulaCode"/>.</summary>
    public static SubsignatureKind AddBlob(ByteBuffer code, Subsignature subsignature, int id)
    {
        switch (subsignature)
        {
            case RegexSubsignature regex:
                AddRegex(code, regex);
                return SubsignatureKind.Regex;
            case ByteCompareSubsignature compare:
                AddComparison(code, compare);
                return SubsignatureKind.ByteCompare;
            case MacroSubsignature macro:
                code.AddByte((byte)macro.Group);
                code.AddByte((byte)(id - 1));
                code.AddUInt16(0);
                code.AddUInt32((uint)macro.Distance.Minimum);
                code.AddUInt32((uint)macro.Distance.Maximum);
                return SubsignatureKind.Macro;
            case FileSizeSubsignature size:
                ObjectTests.Add(code, size);
                return SubsignatureKind.FileSize;
            case NumberAtSubsignature number:
                ObjectTests.Add(code, number);
                return SubsignatureKind.NumberAt;
            case FormulaSubsignature formula:
                FormulaCode.Write(code, formula.Formula);
                return SubsignatureKind.Formula;
            default:
                throw new ArgumentException("A kind of subsignature that has no blob.", nameof(subsignature));
        }
    }

    private static void AddRange(ByteBuffer code, NumberRange range)
    {
        code.AddInt64(range.Minimum);
        code.AddInt64(range.Maximum);
    }

    private static void AddRegex(ByteBuffer code, RegexSubsignature regex)
    {
        code.AddUInt32((uint)regex.Modes);
        code.AddUInt32((uint)regex.Offset.Base);
        code.AddUInt32((uint)regex.Offset.Index);
        code.AddInt64(regex.Offset.Distance);
        code.AddInt64(regex.Offset.MaxShift);
        var length = code.Length;
        code.AddUInt32(0);
        ExpressionCode.Write(code, regex.Trigger);
        code.SetUInt32(length, (uint)(code.Length - length - 4));
        code.Add(Encoding.UTF8.GetBytes(regex.Expression));
    }

    private static void AddComparison(ByteBuffer code, ByteCompareSubsignature compare)
    {
        code.AddUInt16((ushort)compare.Reference);
        code.AddByte((byte)compare.Type);
        code.AddByte(compare.IsLittleEndian is { } little ? little ? (byte)1 : (byte)0 : (byte)2);
        code.AddByte(compare.IsExact ? (byte)1 : (byte)0);
        code.AddByte((byte)compare.Length);
        code.AddUInt16((ushort)compare.Tests.Count);
        code.AddInt64(compare.Offset);
        foreach (var test in compare.Tests)
        {
            code.AddInt64((long)test.Comparison);
            code.AddInt64(test.Value);
        }
    }
}
