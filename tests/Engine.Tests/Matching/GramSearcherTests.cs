using System.Text;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>The search against a naive one: every anchor of every image at every place.</summary>
public sealed class GramSearcherTests
{
    private static readonly int[] _targets = [0, 1, 7];

    /// <summary>Shortest literals, so that each combination of passes comes by.</summary>
    private static readonly int[] _shortest = [2, 4, 5, 8];

    public static TheoryData<string, int> KernelsAndShards =>
        new(FilterKernel.All.SelectMany(kernel => new (string, int)[] { (kernel.Name, 1), (kernel.Name, 3) }));

    [Theory]
    [MemberData(nameof(KernelsAndShards))]
    public void Reports_exactly_the_anchors_that_are_there(string kernel, int shards)
    {
        var random = new Random(5);
        long found = 0;
        for (var round = 0; round < 15; round++)
        {
            using var set = new ShardSet(random, shards, _shortest[round % _shortest.Length]);
            foreach (var target in _targets)
            {
                foreach (var length in (int[])[random.Next(0, 64), random.Next(64, 300), 20_000])
                {
                    found += AssertEqual(set, set.Data(random, length), target, kernel, random);
                }
            }
        }

        Assert.InRange(found, 5000, long.MaxValue);
    }

    [Fact]
    public void Several_shards_share_the_plan_of_target_0_where_a_target_has_nothing_of_its_own()
    {
        using var set = new ShardSet(new Random(6), 2, shortest: 2);
        Assert.Same(set.Plan.For(0)[0], set.Plan.For(9)[0]);
        Assert.NotSame(set.Plan.For(0)[0], set.Plan.For(1)[0]);
    }

    [Fact]
    public void Bodies_that_all_have_long_runs_take_the_long_pass_alone()
    {
        using var image = new CompiledImage(("a.ndb", "A:0:*:a5b1c2d3e4f50617\nB:1:*:101112131415161718191a1b1c1d1e1f\n"));
        Assert.Equal([FilterPass.Long], Passes(image, target: 1));
        using var mixed = new CompiledImage(("a.ndb", "A:0:*:a5b1c2d3e4f50617\nB:1:*:1011121314\n"));
        Assert.Equal([FilterPass.Medium], Passes(mixed, target: 1));
    }

    [Fact]
    public void A_large_set_has_a_pass_for_its_long_bodies()
    {
        var random = new Random(10);
        var lines = new StringBuilder("Short:1:*:1011121314\n");
        var literal = new byte[8];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(literal);
            lines.Append('L').Append(i).Append(":0:*:").Append(Convert.ToHexStringLower(literal)).Append('\n');
        }

        using var image = new CompiledImage(("a.ndb", lines.ToString()));
        Assert.Equal([FilterPass.Long], Passes(image, target: 0));
        Assert.Equal([FilterPass.Long, FilterPass.Medium], Passes(image, target: 1));
        Assert.Equal(["L19999"], image.Match([0, .. literal, 0]).Select(h => h.Signature));
        Assert.Equal(["L19999"], image.Match([0, 0, .. literal, 0]).Select(h => h.Signature));
    }

    [Fact]
    public void Every_combination_of_passes_is_tested()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var shortest in _shortest)
        {
            using var set = new ShardSet(new Random(9), 1, shortest);
            seen.Add(string.Join('+', set.Plan.For(1).ToArray().Select(p => p.Pass)));
        }

        Assert.Equal(["Long", "Medium", "Medium+Short"], seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("10111213", nameof(FilterPass.Medium))]
    [InlineData("101112", nameof(FilterPass.Short))]
    [InlineData("1011??1011", nameof(FilterPass.Short))]
    public void Short_bodies_take_one_pass(string body, string pass)
    {
        using var image = new CompiledImage(("a.ndb", $"A:0:*:{body}\n"));
        Assert.Equal([Enum.Parse<FilterPass>(pass)], Passes(image, target: 0));
    }

    [Theory]
    [InlineData("0:4d5a")]
    [InlineData("EP+0:558bec")]
    [InlineData("EOF-4:10111213")]
    [InlineData("S0+3:1011")]
    [InlineData("SL+3:1011??121314")]
    [InlineData("12:0000000000000000000000000000000000000000")]
    public void Short_or_common_bodies_at_one_place_take_no_pass(string body)
    {
        using var image = new CompiledImage(("a.ldb", $"A;Engine:51-255,Target:1;0;{body}\n"));
        Assert.Empty(Passes(image, target: 1));
        Assert.False(new GramSearcher(SearchPlan.Of([image.Opened])).IsEmpty(1));
        Assert.True(new GramSearcher(SearchPlan.Of([image.Opened])).IsEmpty(2));
    }

    [Theory]
    [InlineData("0,5:4d5a", nameof(FilterPass.Short))]
    [InlineData("*:4d5a", nameof(FilterPass.Short))]
    [InlineData("0:1011121314f1f2f3f4", nameof(FilterPass.Long))]
    [InlineData("VI:10111213", nameof(FilterPass.Medium))]
    public void Bodies_of_several_places_and_rare_ones_are_searched_for(string body, string pass)
    {
        using var image = new CompiledImage(("a.ldb", $"A;Engine:51-255,Target:1;0;{body}\n"));
        Assert.Equal([Enum.Parse<FilterPass>(pass)], Passes(image, target: 1));
    }

    [Fact]
    public void A_target_without_any_anchor_has_no_pass()
    {
        using var image = new CompiledImage(("a.ndb", "A:1:*:1011121314\n"));
        Assert.True(new GramSearcher(SearchPlan.Of([image.Opened])).IsEmpty(0));
        Assert.False(new GramSearcher(SearchPlan.Of([image.Opened])).IsEmpty(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Searching_allocates_nothing(int shards)
    {
        var random = new Random(7);
        using var set = new ShardSet(random, shards, shortest: 2);
        var data = set.Data(random, 300_000);
        var searcher = new GramSearcher(set.Plan);
        var sink = new CountingSink();
        searcher.Search(data, 0, data.Length, 1, sink);

        Assert.Equal(0, Allocation.Least(() => searcher.Search(data, 0, data.Length, 1, sink)));
        Assert.InRange(sink.Count, 1000, int.MaxValue);
    }

    [Fact]
    public void Waking_and_refusing_bodies_allocates_nothing()
    {
        var random = new Random(8);
        using var image = new CompiledImage(("a.ndb", "A:0:*:101112131415161718*20212223242526\nB:0:*:1011121314{1-9}5051525354\nC:0:0:101112131415161718\n"));
        var data = new byte[200_000];
        for (var at = 0; at < data.Length - 20; at += 20)
        {
            Convert.FromHexString("1011121314151617181A").CopyTo(data, at);
        }

        data[0] = 0;
        using var content = new MemoryContent(data);
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        Action progress = static () => { };
        matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), true, hits, progress);
        var before = GC.GetAllocatedBytesForCurrentThread();
        matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), true, hits, progress);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(hits);
    }

    private static FilterPass[] Passes(CompiledImage image, int target) =>
        [.. SearchPlan.Of([image.Opened]).For(target).ToArray().Select(p => p.Pass)];

    private static int AssertEqual(ShardSet set, byte[] data, int target, string kernel, Random random)
    {
        var expected = set.Anchors(data, target).Order().ToList();
        var sink = new CollectingSink();
        var searcher = new GramSearcher(set.Plan, FilterKernel.All.Single(k => k.Name == kernel));
        for (var from = 0; from < data.Length;)
        {
            // Like the windows of a large object, but with room for every context on both sides.
            var to = Math.Min(data.Length, from + random.Next(1, 9000));
            var before = Math.Min(from, random.Next(20, 90));
            var window = data.AsSpan((from - before)..Math.Min(data.Length, to + PatternSearcher.Overlap + 24));
            sink.WindowStart = from - before;
            Assert.True(searcher.Search(window, before, before + to - from, target, sink));
            from = to;
        }

        Assert.Equal(expected, sink.Found.Order());
        foreach (var body in sink.Found.GroupBy(f => (f.Shard, f.Body)))
        {
            Assert.Equal(body.Select(f => f.Position).Order(), body.Select(f => f.Position));
        }

        return expected.Count;
    }

    private sealed class CountingSink : AnchorSink
    {
        public int Count { get; private set; }

        public override bool OnAnchor(ReadOnlySpan<byte> window, int position, int shard, uint body)
        {
            Count++;
            return true;
        }

        public override bool OnPlace(long place, int shard, uint body) => throw new InvalidOperationException("There is no place in these sets.");
    }

    private sealed class CollectingSink : AnchorSink
    {
        public int WindowStart { get; set; }

        public List<(int Position, int Shard, uint Body)> Found { get; } = [];

        public override bool OnAnchor(ReadOnlySpan<byte> window, int position, int shard, uint body)
        {
            Found.Add((WindowStart + position, shard, body));
            return true;
        }

        public override bool OnPlace(long place, int shard, uint body) => throw new InvalidOperationException("There is no place in these sets.");
    }

    /// <summary>Images of random literals of up to 40 bytes over few values, with and without case, for several targets.</summary>
    private sealed class ShardSet : IDisposable
    {
        /// <summary>Few values make windows that many bodies share and that nearly match everywhere.</summary>
        private static readonly byte[] _few = "aAbBcCdeFG019 \0\x7F"u8.ToArray();

        /// <summary>Many make windows that are rare enough for the longer strides.</summary>
        private static readonly byte[] _many = [.. "aAbBcCdDxXqQ"u8, .. Enumerable.Range(0x80, 0x40).Select(i => (byte)i)];

        private readonly List<CompiledImage> _images = [];
        private readonly List<byte[]> _literals = [];

        public ShardSet(Random random, int shards, int shortest)
        {
            for (var shard = 0; shard < shards; shard++)
            {
                var lines = new StringBuilder();
                for (var i = 0; i < 150; i++)
                {
                    var literal = Literal(random, random.Next(shortest, 41), shortest < 5 ? _few : _many);
                    _literals.Add(literal);
                    var hex = Convert.ToHexStringLower(literal);
                    lines.Append('S').Append(i).Append(';').Append("Engine:51-255,Target:").Append(_targets[i % 3]).Append(";0;")
                        .Append(hex).Append(i % 5 == 0 ? "::i" : "").Append('\n');
                }

                _images.Add(new CompiledImage(("a.ldb", lines.ToString())));
            }

            Plan = SearchPlan.Of([.. _images.Select(i => i.Opened)]);
        }

        public SearchPlan Plan { get; }

        /// <summary>Random bytes, half of them whole or cut literals with letters in either case.</summary>
        public byte[] Data(Random random, int length)
        {
            var data = Literal(random, length, _few);
            for (var at = 0; at < length;)
            {
                var literal = _literals[random.Next(_literals.Count)].ToArray();
                var count = Math.Min(length - at, random.Next(4) == 0 ? random.Next(literal.Length) : literal.Length);
                literal.AsSpan(0, count).CopyTo(data.AsSpan(at));
                if (random.Next(3) == 0 && count > 0)
                {
                    data[at + random.Next(count)] ^= 0x20;
                }

                at += count + random.Next(0, 40);
            }

            return data;
        }

        /// <summary>Where anchors lie, found the slow way.</summary>
        public IEnumerable<(int Position, int Shard, uint Body)> Anchors(byte[] data, int target)
        {
            for (var shard = 0; shard < _images.Count; shard++)
            {
                var image = _images[shard].Opened;
                foreach (var gram in Enum.GetValues<GramClass>())
                {
                    var windows = image.Tables.Windows(gram);
                    for (var i = 0; i < windows.Entries.Count; i++)
                    {
                        var entry = image.Bytes(windows.Entries).Slice(i * AnchorEntry.Size, AnchorEntry.Size).ToArray();
                        if (AnchorEntry.Target(entry) != 0 && AnchorEntry.Target(entry) != target)
                        {
                            continue;
                        }

                        var window = windows.WindowAt(image, i);
                        var bytes = BitConverter.GetBytes(window)[..(int)gram];
                        for (var at = 0; at <= data.Length - bytes.Length; at++)
                        {
                            if (Matches(data.AsSpan(at, bytes.Length), bytes) && AnchorEntry.HasContext(entry, data, at))
                            {
                                yield return (at, shard, AnchorEntry.Body(entry));
                            }
                        }
                    }
                }
            }
        }

        public void Dispose() => _images.ForEach(i => i.Dispose());

        private static bool Matches(ReadOnlySpan<byte> data, byte[] window)
        {
            for (var i = 0; i < window.Length; i++)
            {
                if ((data[i] | 0x20) != (window[i] | 0x20))
                {
                    return false;
                }
            }

            return true;
        }

        private static byte[] Literal(Random random, int length, byte[] values) => random.GetItems(values, length);
    }
}
