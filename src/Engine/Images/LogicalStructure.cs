using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>Walks the sections of logical signatures once: every index leads somewhere, every expression can be read.</summary>
internal static class LogicalStructure
{
    /// <exception cref="ImageException">Something leads where nothing is.</exception>
    public static void Check(Image image, CancellationToken cancellationToken)
    {
        var tables = image.Tables.Logical;
        var counts = new Names();
        for (var i = 0; i < tables.Records.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckRecord(image, new LogicalRecord(image, (uint)i), counts);
        }

        CheckUsers(image);
        CheckIndices(image.Bytes(tables.MacroMembers), 8, 4, image.Tables.BodyIndex.Count, "a macro group has no member");
        CheckIndices(image.Bytes(tables.FuzzyHashes), 12, 8, tables.Records.Count, "an image hash has no signature");
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            CheckIndices(image.Bytes(tables.Always(target)), 4, 0, tables.Records.Count, "a list names no signature");
        }
    }

    private static void CheckRecord(Image image, in LogicalRecord record, Names counts)
    {
        Expect(record.Signature < image.Tables.Signatures.Count, "a logical signature has no name");
        Expect(record.SubsignatureCount is >= 1 and <= LogicalSignature.MaxSubsignatures, "a signature has no subsignatures");
        Expect(record.Target < ImageTables.Targets, "a signature has no target");
        (counts.Limit, counts.Refused) = (record.SubsignatureCount, 0);
        ExpressionCode.IsTrue(record.Expression, counts);
        for (var id = 0; id < record.SubsignatureCount; id++)
        {
            var index = record.FirstSubsignature + (uint)id;
            CheckSubsignature(image, SubsignatureRecord.Read(image, index), record.FirstSubsignature, id, counts);
        }
    }

    private static void CheckSubsignature(Image image, SubsignatureRecord record, uint first, int id, Names counts)
    {
        switch (record.Kind)
        {
            case SubsignatureKind.Body:
                Expect(IsLogicalBody(image, record.First), "a subsignature has no body");
                Expect(record.Second == SubsignatureRecord.None || IsLogicalBody(image, record.Second), "a subsignature has no body");
                break;
            case SubsignatureKind.Regex:
                var blob = new RegexBlob(record.Blob(image));
                (counts.Limit, counts.Refused) = (id, Formulas(image, first, id));
                ExpressionCode.IsTrue(blob.Trigger, counts);

                // The expression is built when it is first needed: thousands would cost more than all other checks.
                break;
            case SubsignatureKind.ByteCompare:
                var comparison = record.Blob(image);
                var head = Checked.Slice(comparison, 0, ByteComparer.HeadSize);
                Expect(head[2] <= (byte)ByteCompareType.Binary, "a byte comparison is of no kind");
                var tests = (long)BinaryPrimitives.ReadUInt16LittleEndian(head[6..]) * ByteComparer.TestSize;
                Expect(comparison.Length == ByteComparer.HeadSize + tests, "a byte comparison has the wrong length");
                break;
            case SubsignatureKind.Macro:
                Expect(record.Blob(image).Length == MacroMatcher.BlobSize, "a macro has the wrong length");
                break;
            case SubsignatureKind.FuzzyImage:
                break;
            case SubsignatureKind.FileSize:
                ObjectTests.HoldsSize(record.Blob(image), 0);
                break;
            case SubsignatureKind.NumberAt:
                ObjectTests.CheckNumber(record.Blob(image));
                break;
            case SubsignatureKind.Formula:
                FormulaCode.Check(record.Blob(image), named => named >= id ? null : BodyOf(image, first + (uint)named));
                break;
            default:
                throw ImageException.Damaged("a subsignature is of no kind");
        }
    }

    /// <summary>A bit for each formula among the first subsignatures: what a formula asks for must not ask for another.</summary>
    private static ulong Formulas(Image image, uint first, int count)
    {
        var formulas = 0UL;
        for (var id = 0; id < count; id++)
        {
            formulas |= SubsignatureRecord.Read(image, first + id).Kind == SubsignatureKind.Formula ? 1UL << id : 0;
        }

        return formulas;
    }

    /// <summary>Whether a subsignature is a body; null for a formula, which no formula may name.</summary>
    private static bool? BodyOf(Image image, long index)
    {
        var kind = SubsignatureRecord.Read(image, index).Kind;
        return kind == SubsignatureKind.Formula ? null : kind == SubsignatureKind.Body;
    }

    private static bool IsLogicalBody(Image image, uint body) =>
        new BodyRecord(image.Bytes(image.Tables.Bodies), Checked.Word(image.Words(image.Tables.BodyIndex), body)).IsLogical;

    private static void CheckUsers(Image image)
    {
        var section = image.Bytes(image.Tables.Bodies);
        var users = image.Words(image.Tables.Logical.BodyUsers);
        foreach (var start in image.Words(image.Tables.BodyIndex))
        {
            var body = new BodyRecord(section, start);
            if (!body.IsLogical)
            {
                continue;
            }

            var count = Checked.Word(users, body.Users + 1L);
            for (var i = 0L; i < count; i++)
            {
                Expect(Checked.Word(users, body.Users + 2L + i) < image.Tables.Logical.Records.Count, "a body wakes no signature");
            }
        }
    }

    private static void CheckIndices(ReadOnlySpan<byte> section, int size, int at, int count, string otherwise)
    {
        for (; section.Length >= size; section = section[size..])
        {
            Expect(BinaryPrimitives.ReadUInt32LittleEndian(section[at..]) < count, otherwise);
        }
    }

    private static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged(otherwise);
        }
    }

    /// <summary>Every subsignature that there is counts 1, so that all of an expression is walked.</summary>
    private sealed class Names : SubsignatureCounts
    {
        public int Limit { get; set; }

        /// <summary>A bit for each id that may not be named.</summary>
        public ulong Refused { get; set; }

        public override long Count(int id) => id < Limit && (Refused >> id & 1) == 0 ? 1 : throw ImageException.Damaged("an expression names no subsignature");

        public override long Skip(int id) => Math.Min(Count(id), 0);
    }
}
