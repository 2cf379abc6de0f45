using CsCheck;
using Definitions.Signatures;
using Engine.Images;
using Engine.Matching;

namespace Engine.Tests.Images;

/// <summary>Random expressions, subsignatures and counts: matcher-design.md §2.3.</summary>
public sealed class NecessarySetTests
{
    private const int Ids = 6;

    [Fact]
    public void Whenever_a_signature_is_true_some_member_of_its_set_occurs()
    {
        var (trueWithSet, withoutSet) = (0, 0);
        Gen.Int.Sample(
            seed =>
            {
                var subject = new Subject(new Random(seed));
                for (var round = 0; round < 20; round++)
                {
                    subject.Occur();
                    if (!ExpressionCode.IsTrue(subject.Expression, subject))
                    {
                        continue;
                    }

                    if (subject.Set is not { } set)
                    {
                        withoutSet++;
                        continue;
                    }

                    trueWithSet++;
                    Assert.True(set.Bodies.Exists(subject.Occurred.Contains), subject.ToString());
                }
            },
            iter: 3000,
            threads: 1);

        // The property says something only where signatures with a set are true.
        Assert.True(trueWithSet > 5000 && withoutSet > 500, $"{trueWithSet} {withoutSet}");
    }

    [Fact]
    public void Takes_the_rarer_of_two_that_have_to_be_there()
    {
        var code = new ByteBuffer();
        ExpressionCode.Write(code, new LogicalBlock(true, [new SubsignatureTerm(0, null), new SubsignatureTerm(1, null)]));
        SubsignatureRecord[] records =
            [new(SubsignatureKind.Body, 10, SubsignatureRecord.None), new(SubsignatureKind.Body, 11, 12)];
        var set = NecessarySet.Of(code.Written.Span, new NecessarySubsignatures(records, _ => [], body => body == 10 ? 20 : 30));
        Assert.Equal([11u, 12u], set!.Bodies);
    }

    [Fact]
    public async Task Triggers_that_name_each_other_many_times_cost_no_time()
    {
        // Each is true when one of the two before it is: followed naively, that is 2^40 ways.
        var triggers = Enumerable.Range(2, 60).Select(id => $"{id - 1}|{id - 2}/x/");
        var line = $"T;Engine:81-255,Target:0;61;414243;0/x/;{string.Join(';', triggers)}\n";
        using var image = await Task.Run(() => new CompiledImage(("t.ldb", line)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal("T", Assert.Single(image.Match("ABC x ... ... ..."u8.ToArray())).Signature);
    }

    /// <summary>One random signature, and counts that its subsignatures can have.</summary>
    private sealed class Subject : SubsignatureCounts
    {
        private readonly Random _random;
        private readonly SubsignatureRecord[] _records = new SubsignatureRecord[Ids];
        private readonly byte[][] _blobs = new byte[Ids][];
        private readonly long[] _counts = new long[Ids];
        private readonly LogicalExpression[] _triggers = new LogicalExpression[Ids];
        private readonly LogicalExpression _expression;

        public Subject(Random random)
        {
            _random = random;
            for (var id = 0; id < Ids; id++)
            {
                _records[id] = Subsignature(id);
            }

            _expression = Tree(Ids, 3);
            var code = new ByteBuffer();
            ExpressionCode.Write(code, _expression);
            Expression = code.Written.ToArray();
            var scores = Enumerable.Range(0, Ids * 2).Select(_ => (float)random.NextDouble()).ToArray();
            Set = NecessarySet.Of(Expression, new NecessarySubsignatures(_records, record => _blobs[record.First], body => scores[body]));
        }

        public byte[] Expression { get; }

        public NecessarySet? Set { get; }

        /// <summary>Bodies with a count.</summary>
        public HashSet<uint> Occurred { get; } = [];

        /// <summary>New random counts; what depends on an occurrence has none without it.</summary>
        public void Occur()
        {
            Occurred.Clear();
            Array.Clear(_counts);
            for (var id = 0; id < Ids; id++)
            {
                var can = _records[id].Kind switch
                {
                    SubsignatureKind.Body => OccurBodies(_records[id]),
                    SubsignatureKind.Regex => ExpressionCode.IsTrue(Code(_triggers[id]), this),
                    SubsignatureKind.FileSize => true,
                    _ => _counts[id - 1] > 0,
                };
                _counts[id] = can ? _random.Next(_records[id].Kind == SubsignatureKind.Body ? 1 : 0, 4) : 0;
            }
        }

        public override long Count(int id) => _counts[id];

        public override string ToString() =>
            $"{Convert.ToHexString(Expression)} {string.Join(' ', _records.Select(r => r.Kind))} {string.Join(',', _counts)}";

        private bool OccurBodies(SubsignatureRecord record)
        {
            foreach (var body in new[] { record.First, record.Second })
            {
                if (body != SubsignatureRecord.None && _random.Next(3) == 0)
                {
                    Occurred.Add(body);
                }
            }

            return Occurred.Contains(record.First) || Occurred.Contains(record.Second);
        }

        private SubsignatureRecord Subsignature(int id)
        {
            _blobs[id] = [];
            switch (id == 0 ? 0 : _random.Next(8))
            {
                case 5:
                    var blob = new ByteBuffer();
                    _triggers[id] = Tree(id, 2);
                    LogicalCode.AddBlob(
                        blob,
                        new RegexSubsignature { Offset = SignatureOffset.Anywhere, Trigger = _triggers[id], Expression = "x", Modes = default, Source = "x" },
                        id);
                    _blobs[id] = blob.Written.ToArray();
                    return new SubsignatureRecord(SubsignatureKind.Regex, (uint)id, 0);
                case 6:
                    _blobs[id] = [(byte)(id - 1), 0];
                    return new SubsignatureRecord(
                        _random.Next(2) == 0 ? SubsignatureKind.ByteCompare : SubsignatureKind.Macro, (uint)id, 0);
                case 7:
                    return new SubsignatureRecord(SubsignatureKind.FileSize, (uint)id, 0);
                default:
                    return new SubsignatureRecord(
                        SubsignatureKind.Body, (uint)id * 2, _random.Next(4) == 0 ? ((uint)id * 2) + 1 : SubsignatureRecord.None);
            }
        }

        private LogicalExpression Tree(int ids, int depth)
        {
            if (depth == 0 || _random.Next(4) == 0)
            {
                return new SubsignatureTerm(_random.Next(ids), Test(0));
            }

            if (_random.Next(12) == 0)
            {
                return new LogicalNegation(Tree(ids, depth - 1));
            }

            var terms = Enumerable.Range(0, _random.Next(2, 4)).Select(_ => Tree(ids, depth - 1)).ToArray();
            return new LogicalBlock(_random.Next(2) == 0, terms, Test(_random.Next(3)));
        }

        private CountTest? Test(int distinct) => _random.Next(3) == 0
            ? new CountTest(new NumberTest((NumberComparison)_random.Next(3), _random.Next(3)), distinct)
            : null;

        private static byte[] Code(LogicalExpression expression)
        {
            var code = new ByteBuffer();
            ExpressionCode.Write(code, expression);
            return code.Written.ToArray();
        }
    }
}
