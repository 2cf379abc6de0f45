using System.Security.Cryptography;
using System.Text;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

public sealed class ObjectMatcherTests
{
    private static readonly byte[] _marker = "xxABCDEFxx"u8.ToArray();

    [Fact]
    public void Hits_are_found_at_every_place_around_window_borders()
    {
        using var image = new CompiledImage(
            ("a.ndb", "Whole:0:*:4142434445464748494a\nParts:0:*:4142{1-9}4748{-4}494a\nShort:0:*:434445\n"
                + "Bound:0:*:(W)4142434445464748494a(W)\n"));
        for (var place = 0; place < 200; place++)
        {
            var data = new byte[256];
            "ABCDEFGHIJ"u8.CopyTo(data.AsSpan(place));
            var hits = image.Match(data, window: 64).OrderBy(h => h.Signature, StringComparer.Ordinal);
            Assert.Equal(
                [("Bound", place), ("Parts", place), ("Short", place + 2), ("Whole", place)],
                hits.Select(h => (h.Signature, (int)h.Offset!)));
        }
    }

    [Fact]
    public void Hits_are_found_around_the_border_of_the_real_window()
    {
        using var image = new CompiledImage(("a.ndb", "Whole:0:*:4142434445464748494a\n"));
        var data = new byte[(1 << 20) + 100];
        for (var place = (1 << 20) - 12; place < (1 << 20) + 3; place++)
        {
            "ABCDEFGHIJ"u8.CopyTo(data.AsSpan(place));
            Assert.Equal(place, Assert.Single(image.Match(data)).Offset);
            data.AsSpan(place, 10).Clear();
        }
    }

    /// <summary>What stands in front of a gap without an end is searched as far as an anchor needs it, and farther for the next.</summary>
    [Theory]
    [InlineData(100_000, true, 200_000)]
    [InlineData(100_000, false, 1_000, 90_000)]
    [InlineData(100_000, true, 1_000, 70_000, 100_020)]
    [InlineData(30_000, false, 1_000)]
    [InlineData(30_000, true, 1_000, 40_000)]
    [InlineData(1_299_900, true, 1_000, 70_000, 150_000, 1_299_950)]
    [InlineData(1_299_900, false, 1_000, 70_000, 150_000, 1_299_880)]
    public void The_part_in_front_of_an_unbounded_gap_is_found_wherever_it_is(int front, bool isMatch, params int[] anchors)
    {
        using var image = new CompiledImage(("a.ndb", "A:0:*:11223344*a7b1c9d3e5f70819\n"));
        var data = new byte[1_300_000];
        foreach (var anchor in anchors)
        {
            Convert.FromHexString("a7b1c9d3e5f70819").CopyTo(data, anchor);
        }

        Convert.FromHexString("11223344").CopyTo(data, front);
        Assert.Equal(isMatch ? [front] : [], image.Match(data).Select(hit => (int)hit.Offset!));
    }

    [Fact]
    public void Every_planted_pattern_of_a_large_set_is_found()
    {
        var random = new Random(5);
        var patterns = new List<byte[]>();
        var lines = new StringBuilder();
        for (var i = 0; i < 5000; i++)
        {
            // Four random bytes may also lie somewhere by chance: only their being found is checked.
            var pattern = new byte[i % 50 == 0 ? 4 : random.Next(5, 40)];
            random.NextBytes(pattern);
            patterns.Add(pattern);
            lines.Append('P').Append(i).Append(":0:*:").Append(Convert.ToHexStringLower(pattern)).Append('\n');
        }

        using var image = new CompiledImage(("a.ndb", lines.ToString()));
        var data = new byte[1_500_000];
        random.NextBytes(data);
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < patterns.Count; i++)
        {
            places[$"P{i}"] = (i * 300) + random.Next(250);
            patterns[i].CopyTo(data, places[$"P{i}"]);
        }

        var hits = image.Match(data);
        Assert.Equal(patterns.Count, hits.Count);
        foreach (var hit in hits.Where(h => patterns[int.Parse(h.Signature.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)].Length > 4))
        {
            Assert.Equal(places[hit.Signature], hit.Offset);
        }
    }

    [Theory]
    [InlineData(ObjectType.Pe, "T0 T1")]
    [InlineData(ObjectType.TextUtf8, "T0 T7")]
    [InlineData(ObjectType.Binary, "T0 T14")]
    [InlineData(ObjectType.Zip, "T0")]
    [InlineData(ObjectType.Elf, "T0 T6")]
    public void Only_target_0_and_the_target_of_the_type_apply(ObjectType type, string expected)
    {
        var lines = string.Concat(Enumerable.Range(0, 15).Select(t => $"T{t}:{t}:*:414243\n"));
        using var image = new CompiledImage(("a.ndb", lines));
        var names = image.Match(_marker, type).Select(h => h.Signature).Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(' ', names));
    }

    [Fact]
    public void Bodies_come_before_digests_and_exact_sizes_before_any_size()
    {
        using var image = new CompiledImage(
            ("a.hdb", Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker), "*", "Md5.Any:73") + Line(SHA256.HashData(_marker), "10", "Sha256")
                + Line(CryptographicOperations.HashData(HashAlgorithmName.SHA1, _marker), "10", "Sha1") + Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker), "10", "Md5.Exact")),
            ("b.ndb", "Body:0:*:414243\n"));
        var hits = image.Match(_marker);
        Assert.Equal(
            ["Body", "Md5.Exact", "Md5.Any", "Sha1", "Sha256"], hits.Select(h => h.Signature), StringComparer.Ordinal);
        Assert.Equal([2L, null, null, null, null], hits.Select(h => h.Offset));
        Assert.All(hits, h => Assert.Equal(CompiledImage.Package, h.Package));
    }

    [Fact]
    public void The_first_strong_match_ends_the_search_and_weak_ones_do_not()
    {
        using var image = new CompiledImage(
            ("b.ndb", "PUA.Body:0:*:414243\nBody.One:0:*:444546\nBody.Two:0:*:454678\n"));
        var hits = new List<SignatureHit>();
        new ObjectMatcher(image.Set).Match(MatchSubject.Raw(new MemoryContent(_marker), ObjectType.Binary), false, hits, static () => { });
        Assert.Equal([("PUA.Body", true), ("Body.One", false)], hits.Select(h => (h.Signature, h.IsWeak)));
    }

    [Fact]
    public void An_object_that_nothing_can_match_is_not_read()
    {
        using var image = new CompiledImage(("a.hdb", Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker), "10", "T")), ("b.fp", Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker), "10", "F")));
        var unread = new CountingContent(11);
        var matcher = new ObjectMatcher(image.Set);
        matcher.Match(MatchSubject.Raw(unread, ObjectType.Binary), true, [], static () => { });
        Assert.False(matcher.IsAllowed(unread));
        Assert.Equal(0, unread.BytesRead);
    }

    [Fact]
    public void Bodies_and_digests_take_one_read()
    {
        using var image = new CompiledImage(
            ("a.hdb", Line(new byte[16], "*", "A:73") + Line(new byte[20], "*", "B:73") + Line(new byte[32], "*", "C:73")),
            ("b.ndb", "Body:0:*:414243\n"));
        var content = new CountingContent(3_000_000);
        new ObjectMatcher(image.Set).Match(MatchSubject.Raw(content, ObjectType.Binary), true, [], static () => { });
        Assert.InRange(content.BytesRead, content.Length, content.Length + (2 * PatternSearcher.Overlap));
    }

    [Theory]
    [InlineData("10", true)]
    [InlineData("11", false)]
    [InlineData("*", true)]
    public void An_allow_list_covers_the_object_whose_digest_and_length_it_holds(string size, bool isAllowed)
    {
        var level = size == "*" ? ":73" : "";
        using var image = new CompiledImage(
            ("a.fp", Line(CryptographicOperations.HashData(HashAlgorithmName.SHA1, _marker), size, "F" + level)), ("b.ndb", "T:0:*:414243\n"));
        var matcher = new ObjectMatcher(image.Set);
        Assert.Equal(isAllowed, matcher.IsAllowed(new MemoryContent(_marker)));
        Assert.False(matcher.IsAllowed(new MemoryContent("yyABCDEFyy"u8.ToArray())));
        Assert.Single(image.Match(_marker));
    }

    [Fact]
    public void A_hostile_object_ends_at_the_budget_and_its_digest_is_still_looked_up()
    {
        var data = new byte[300_000];
        data.AsSpan().Fill((byte)'A');
        using var image = new CompiledImage(
            ("a.ndb", "T:0:*:4141{-5000}4141{-5000}4141{-5000}4141{-5000}0000\n"),
            ("b.hdb", Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, data), "300000", "D")));
        var hits = new List<SignatureHit>();
        var calls = 0;
        var completion = new ObjectMatcher(image.Set).Match(MatchSubject.Raw(new MemoryContent(data), ObjectType.Binary), true, hits, () => calls++);
        Assert.Equal(MatchCompletion.BudgetExhausted, completion);
        Assert.Equal("D", Assert.Single(hits).Signature);
        Assert.InRange(calls, 100, int.MaxValue);
    }

    [Fact]
    public void A_matcher_goes_on_after_the_progress_callback_ended_a_scan()
    {
        using var image = new CompiledImage(
            ("a.hdb", Line(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker), "10", "D")), ("b.ndb", "T:0:*:414243\n"));
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        Assert.Throws<OperationCanceledException>(() => matcher.Match(
            MatchSubject.Raw(new MemoryContent(_marker), ObjectType.Binary), true, hits, () => throw new OperationCanceledException()));
        matcher.Match(MatchSubject.Raw(new MemoryContent(_marker), ObjectType.Binary), true, hits, static () => { });
        Assert.Equal(["T", "D"], hits.Select(h => h.Signature), StringComparer.Ordinal);
    }

    [Fact]
    public void Matching_without_hits_allocates_nothing_after_the_first_object()
    {
        using var image = new CompiledImage(
            ("a.hdb", Line(new byte[16], "*", "A:73")),
            ("b.ndb", "T:0:*:4142*5152{1-4}5354\nU:0:*:4142(43|4445)46!(47|48)494a(B)\n"));
        var content = new MemoryContent(Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("ABCDEFGIJx ABCFGIJ AB QR..ST- ABDEFxIJK", 500)).Replace("QR..S", "QR.....S", StringComparison.Ordinal)));
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        Action progress = static () => { };
        for (var i = 0; i < 5; i++)
        {
            matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), true, hits, progress);
        }

        Assert.Empty(hits);
        Assert.Equal(0, Allocation.Least(() => matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), true, hits, progress)));
    }

    private static string Line(byte[] digest, string size, string name) => $"{Convert.ToHexStringLower(digest)}:{size}:{name}\n";

    /// <summary>Zeros that count how many were asked for.</summary>
    private sealed class CountingContent(long length) : ObjectContent
    {
        private readonly byte[] _zeros = new byte[2 << 20];

        public long BytesRead { get; private set; }

        public override long Length => length;

        public override ReadOnlySpan<byte> Window(long offset, int count)
        {
            var available = (int)Math.Clamp(length - offset, 0, count);
            BytesRead += available;
            return _zeros.AsSpan(0, available);
        }

        public override ReadOnlySpan<byte> Peek(long offset, int count) => Window(offset, count);
    }
}
