using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Bodies and image hashes of which at least one occurs whenever an expression is true (matcher-design.md §2.3). What
/// can be true without any has no set.
/// </summary>
/// <param name="Score">Of the least rare member, in bits.</param>
internal sealed record NecessarySet(List<uint> Bodies, List<ulong> Hashes, float Score)
{
    /// <summary>An image hash is as rare as can be.</summary>
    private const float HashScore = 64;

    /// <summary>Null when there is none.</summary>
    /// <param name="expression">See <see cref="ExpressionCode"/>; written by this process.</param>
    public static NecessarySet? Of(ReadOnlySpan<byte> expression, NecessarySubsignatures subsignatures) =>
        new Finder(subsignatures).Of(ref expression);

    private sealed class Finder(NecessarySubsignatures subsignatures)
    {
        private readonly NecessarySet?[] _sets = new NecessarySet?[subsignatures.Records.Length];

        /// <summary>Asked for already: each is looked at once, and one that refers to itself has no set.</summary>
        private ulong _known;

        public NecessarySet? Of(ref ReadOnlySpan<byte> code)
        {
            switch ((ExpressionNode)code[0])
            {
                case ExpressionNode.Term:
                    var id = code[1];
                    code = code[2..];
                    return OfId(id);
                case ExpressionNode.TestedTerm:
                    id = code[1];
                    var isPositive = IsPositive(code[2..]);
                    code = code[7..];
                    return isPositive ? OfId(id) : null;
                case ExpressionNode.All:
                    return OfBlock(ref code, isAll: true);
                case ExpressionNode.Any:
                    return OfBlock(ref code, isAll: false);
                case ExpressionNode.Tested:
                    isPositive = IsPositive(code[1..]);
                    code = code[7..];
                    var leaves = code;
                    var set = Of(ref code);

                    // A count above 0 needs a block that holds, and an occurrence in it.
                    return isPositive ? set ?? OfLeaves(leaves[..^code.Length]) : null;
                case ExpressionNode.Not:
                    code = code[1..];
                    Of(ref code);
                    return null;
                default:
                    throw new ArgumentException("A kind of node that is not known.", nameof(code));
            }
        }

        /// <param name="test">A comparison and a number, as an expression holds them.</param>
        private static bool IsPositive(ReadOnlySpan<byte> test) => (NumberComparison)test[0] switch
        {
            NumberComparison.Equal => BinaryPrimitives.ReadUInt32LittleEndian(test[1..]) > 0,
            NumberComparison.Greater => true,
            NumberComparison.Less => false,
        };

        private NecessarySet? OfBlock(ref ReadOnlySpan<byte> code, bool isAll)
        {
            var sets = new NecessarySet?[BinaryPrimitives.ReadUInt16LittleEndian(code[1..])];
            code = code[3..];
            for (var i = 0; i < sets.Length; i++)
            {
                sets[i] = Of(ref code);
            }

            return isAll ? Rarest(sets) : Join(sets);
        }

        private NecessarySet? OfId(int id)
        {
            if ((_known >> id & 1) == 0)
            {
                _known |= 1UL << id;
                _sets[id] = Find(id);
            }

            return _sets[id];
        }

        private NecessarySet? Find(int id)
        {
            var record = subsignatures.Records[id];
            switch (record.Kind)
            {
                case SubsignatureKind.Body:
                    return OfBodies(record);
                case SubsignatureKind.Regex:
                    var trigger = new RegexBlob(subsignatures.Blob(record)).Trigger;
                    return Of(ref trigger);
                case SubsignatureKind.ByteCompare:
                    var reference = BinaryPrimitives.ReadUInt16LittleEndian(subsignatures.Blob(record));
                    return reference < _sets.Length ? OfId(reference) : null;
                case SubsignatureKind.Macro:
                    return OfId(id - 1);
                case SubsignatureKind.FuzzyImage:
                    return new NecessarySet([], [((ulong)record.Second << 32) | record.First], HashScore);
                case SubsignatureKind.Formula:
                    return OfFormula(subsignatures.Blob(record));
                default:
                    return null;
            }
        }

        /// <summary>The rarest of what it fails without, else all that it fails without together.</summary>
        private NecessarySet? OfFormula(ReadOnlySpan<byte> code)
        {
            var (sets, all) = (new List<NecessarySet?>(), 0UL);
            NecessarySet? rarest = null;
            for (var (id, named) = (0, FormulaNeeds.Named(code)); named != 0; id++, named >>= 1)
            {
                if ((named & 1) != 0 && OfId(id) is { } set)
                {
                    sets.Add(set);
                    all |= 1UL << id;
                    rarest = (rarest is null || set.Score > rarest.Score) && FormulaNeeds.FailsWithout(code, 1UL << id) ? set : rarest;
                }
            }

            return rarest ?? (sets.Count > 0 && FormulaNeeds.FailsWithout(code, all) ? Join([.. sets]) : null);
        }

        private NecessarySet OfBodies(SubsignatureRecord record)
        {
            var score = subsignatures.Score(record.First);
            return record.Second == SubsignatureRecord.None
                ? new NecessarySet([record.First], [], score)
                : new NecessarySet([record.First, record.Second], [], Math.Min(score, subsignatures.Score(record.Second)));
        }

        private static NecessarySet? Rarest(NecessarySet?[] sets)
        {
            NecessarySet? rarest = null;
            foreach (var set in sets)
            {
                rarest = set is not null && (rarest is null || set.Score > rarest.Score) ? set : rarest;
            }

            return rarest;
        }

        private NecessarySet? OfLeaves(ReadOnlySpan<byte> code)
        {
            ulong leaves = 0;
            while (!code.IsEmpty)
            {
                var node = (ExpressionNode)code[0];
                leaves |= node is ExpressionNode.Term or ExpressionNode.TestedTerm ? 1UL << code[1] : 0;
                var length = node switch
                {
                    ExpressionNode.Term => 2,
                    ExpressionNode.TestedTerm or ExpressionNode.Tested => 7,
                    ExpressionNode.Not => 1,
                    _ => 3,
                };
                code = code[length..];
            }

            var sets = new List<NecessarySet?>();
            for (var id = 0; id < _sets.Length; id++)
            {
                if ((leaves >> id & 1) != 0)
                {
                    sets.Add(OfId(id));
                }
            }

            return Join([.. sets]);
        }

        private static NecessarySet? Join(NecessarySet?[] sets)
        {
            if (sets.Length == 1 || sets.Contains(null))
            {
                return sets.Length == 1 ? sets[0] : null;
            }

            return new NecessarySet(
                [.. sets.SelectMany(set => set!.Bodies).Distinct()],
                [.. sets.SelectMany(set => set!.Hashes).Distinct()],
                sets.Min(set => set!.Score));
        }
    }
}

/// <summary>The subsignatures of one signature, as an image holds them.</summary>
/// <param name="blob">What the words of a record lead to.</param>
/// <param name="score">Rarity of a body in bits.</param>
internal sealed class NecessarySubsignatures(
    SubsignatureRecord[] records, Func<SubsignatureRecord, byte[]> blob, Func<uint, float> score)
{
    /// <summary>1 to 64.</summary>
    public SubsignatureRecord[] Records { get; } = records;

    public byte[] Blob(SubsignatureRecord record) => blob(record);

    public float Score(uint body) => score(body);
}
