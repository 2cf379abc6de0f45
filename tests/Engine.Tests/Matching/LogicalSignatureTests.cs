using System.Text;
using Definitions.Signatures;
using Engine.Executables;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>What logical signatures ask besides bytes, and what they cost.</summary>
public sealed class LogicalSignatureTests
{
    private static readonly byte[] _data = "xxABCDEFxx"u8.ToArray();

    [Theory]
    [InlineData("Container:CL_TYPE_ZIP", true)]
    [InlineData("Container:CL_TYPE_ANY", false)]
    [InlineData("Container:CL_TYPE_GZ", false)]
    [InlineData("Intermediates:CL_TYPE_ZIP", true)]
    [InlineData("Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP", true)]
    [InlineData("Intermediates:CL_TYPE_ANY>CL_TYPE_ZIP", true)]
    [InlineData("Intermediates:CL_TYPE_ZIP>CL_TYPE_ANY", true)]
    [InlineData("Intermediates:CL_TYPE_MAIL>CL_TYPE_ANY", false)]
    [InlineData("Intermediates:CL_TYPE_ANY>CL_TYPE_ANY", true)]
    [InlineData("Intermediates:CL_TYPE_ANY>CL_TYPE_ANY>CL_TYPE_ANY", false)]
    [InlineData("Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP>CL_TYPE_ANY", false)]
    [InlineData("Intermediates:CL_TYPE_ZIP>CL_TYPE_MAIL", false)]
    [InlineData("Intermediates:CL_TYPE_ANY>CL_TYPE_MAIL>CL_TYPE_ZIP", false)]
    public void Containers_are_those_of_the_layers(string condition, bool isHit)
    {
        using var image = new CompiledImage(("t.ldb", $"T;Engine:51-255,Target:0,{condition};0;414243\n"));
        var layer = new Layer(ObjectType.Binary, new Layer(ObjectType.Zip, new Layer(ObjectType.Mail, null)));
        Assert.Equal(isHit, Match(image, Subject(_data) with { Layer = layer }).Count == 1);
    }

    [Theory]
    [InlineData("EntryPoint:4-8", true)]
    [InlineData("EntryPoint:9-20", false)]
    [InlineData("NumberOfSections:2-2", true)]
    [InlineData("NumberOfSections:3-9", false)]
    public void Executables_are_asked_for_their_layout(string condition, bool isHit)
    {
        using var image = new CompiledImage(("t.ldb", $"T;Engine:51-255,Target:1,{condition};0;414243\n"));
        var layout = new ExecutableLayout { EntryPoint = 5, Sections = [new(0, 4), new(4, 6)] };
        var subject = Subject(_data) with { Target = 1 };
        Assert.Equal(isHit, Match(image, subject with { Executable = layout }).Count == 1);
        Assert.Empty(Match(image, subject));
    }

    [Fact]
    public void The_first_handler_is_told_and_not_reported()
    {
        using var image = new CompiledImage(("t.ldb", "T;Engine:51-255,Target:0,HandlerType:CL_TYPE_PDF;0;414243\n"
            + "U;Engine:51-255,Target:0,HandlerType:CL_TYPE_ELF;0;444546\n"));
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        matcher.Match(Subject(_data), true, hits, static () => { });
        Assert.Equal("U", Assert.Single(hits).Signature);
        Assert.Equal(FileTypeName.Pdf, matcher.Handler);
        matcher.Match(Subject("nothing"u8.ToArray()), true, hits, static () => { });
        Assert.Null(matcher.Handler);
        Assert.Equal(2, Match(image, Subject(_data) with { IsHandled = true }).Count);
    }

    [Theory]
    [InlineData("aaa...bbb", true)]
    [InlineData("aaa....ccc", true)]
    [InlineData("aaa..bbb.", false)]
    [InlineData("aaa.....bbb", false)]
    [InlineData("aaa..aaa...bbb", true)]
    public void A_macro_asks_for_a_member_of_its_group_at_a_distance(string text, bool isHit)
    {
        using var image = new CompiledImage(
            ("t.ldb", "T;Engine:51-255,Target:0;0&1;616161;${6-7}12$\n"), ("g.ndb", "B:0:$12$:626262\nC:0:$12$:636363\n"));
        Assert.Equal(isHit ? ["T"] : [], Match(image, Subject(Encoding.ASCII.GetBytes(text))).Select(h => h.Signature), StringComparer.Ordinal);
    }

    [Fact]
    public void An_image_hash_matches_only_where_the_subject_has_it()
    {
        using var image = new CompiledImage(("t.ldb", "T;Engine:150-255,Target:0;0;fuzzy_img#af2ad01ed42993c7\n"
            + "U;Engine:150-255,Target:0;0|1;fuzzy_img#af2ad01ed42993c8;616263\n"));
        Assert.Empty(Match(image, Subject(_data)));
        var hits = Match(image, Subject(_data) with { FuzzyHash = 0xaf2a_d01e_d429_93c7 });
        Assert.Equal("T", Assert.Single(hits).Signature);
    }

    [Fact]
    public void Icon_groups_never_match_and_are_not_counted()
    {
        using var image = new CompiledImage(("t.ldb", "T;Engine:51-255,Target:1,IconGroup1:x;0;414243\nU;Target:1;0;414243\n"));
        Assert.Equal(["U"], Match(image, Subject(_data) with { Target = 1 }).Select(h => h.Signature), StringComparer.Ordinal);
        Assert.Equal(1, image.Opened.SignatureCount);
    }

    [Fact]
    public void Logical_signatures_come_after_bodies_and_digests()
    {
        using var image = new CompiledImage(
            ("a.ldb", "Logical;Target:0;0;414243\n"), ("b.hdb", "cf0c408fc7d28447d52601c2ad71e404:10:Digest\n"), ("c.ndb", "Body:0:*:444546\n"));
        Assert.Equal(["Body", "Digest", "Logical"], Match(image, Subject(_data)).Select(h => h.Signature), StringComparer.Ordinal);
        var first = new List<SignatureHit>();
        new ObjectMatcher(image.Set).Match(Subject(_data), allMatches: false, first, static () => { });
        Assert.Equal("Body", Assert.Single(first).Signature);
    }

    [Fact]
    public void A_signature_of_another_target_does_not_match_and_a_negation_does_not_fire_there()
    {
        using var image = new CompiledImage(("t.ldb", "T;Target:1;0;414243\nN;Target:1;0=0;515253\n"));
        Assert.Empty(Match(image, Subject(_data)));
        Assert.Equal(["T", "N"], Match(image, Subject(_data) with { Target = 1 }).Select(h => h.Signature), StringComparer.Ordinal);
    }

    [Fact]
    public void Equal_bodies_are_stored_once()
    {
        var lines = string.Concat(Enumerable.Range(0, 500).Select(i => $"T{i};Target:0;0&1;4d53564250;{i:x4}55aa66\n"));
        using var image = new CompiledImage(("t.ldb", lines));
        Assert.Equal(501, image.Opened.Sections.Single(s => s.Name.StartsWith("BodyIndex", StringComparison.Ordinal)).Elements);
        var hits = Match(image, Subject([.. "....MSVBP...."u8, 0x01, 0x23, 0x55, 0xaa, 0x66, .. "...."u8]));
        Assert.Equal("T291", Assert.Single(hits).Signature);
    }

    [Fact]
    public void Letters_of_either_case_are_found_at_every_place()
    {
        using var image = new CompiledImage(
            ("t.ldb", "A;Target:0;0;6b65726e656c333221::i\nB;Target:0;0;4f4b::i\nC;Target:0;0;6b65726e*656c3332::i\n"));
        for (var place = 0; place < 100; place++)
        {
            var data = new byte[128];
            "KeRnEl32!"u8.CopyTo(data.AsSpan(place));
            "oK"u8.CopyTo(data.AsSpan(110));
            Assert.Equal(["A", "B", "C"], image.Match(data, ObjectType.Binary, window: 32).Select(h => h.Signature), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void An_expression_that_never_ends_is_an_exhausted_budget_and_no_detection()
    {
        using var image = new CompiledImage(("t.ldb", "T;Target:0;0&1;414141;0/(?=A)(A+)+(\\1)?$B/\n"));
        var data = new byte[4000];
        data.AsSpan().Fill((byte)'A');
        var hits = new List<SignatureHit>();
        Assert.Equal(MatchCompletion.BudgetExhausted, new ObjectMatcher(image.Set).Match(Subject(data), true, hits, static () => { }));
        Assert.Empty(hits);
    }

    [Fact]
    public void An_expression_that_never_ends_costs_its_own_signature_and_no_other()
    {
        using var image = new CompiledImage(("t.ldb",
            "N;Target:0;0&1=0;414141;0/(?=A)(A+)+(\\1)?$B/\nT;Target:0;0&1;414141;0/(?=A)(A+)+(\\1)?$B/\nR;Target:0;0&1;414141;0/A+/\nB;Target:0;0;414141\n"));
        var data = new byte[4000];
        data.AsSpan().Fill((byte)'A');
        var hits = new List<SignatureHit>();
        Assert.Equal(MatchCompletion.BudgetExhausted, new ObjectMatcher(image.Set).Match(Subject(data), true, hits, static () => { }));

        // Not N: that it does not occur was not found out.
        Assert.Equal(["R", "B"], hits.Select(hit => hit.Signature), StringComparer.Ordinal);
    }

    [Fact]
    public void Expressions_that_never_end_share_one_allowance_over_all_buffers_of_an_object_and_of_a_scan()
    {
        using var image = new CompiledImage(("t.ndb", "T:0:*:414243\n"));
        var allowance = new RegexAllowance();
        allowance.StartScan();
        var limit = System.Diagnostics.Stopwatch.GetTimestamp() - (long)(RegexAllowance.PerObject.TotalSeconds * System.Diagnostics.Stopwatch.Frequency);
        allowance.Pay(image.Opened, 1, isLinear: false, limit, isGivenUp: true);
        Assert.False(allowance.MayTry(image.Opened, 2, isLinear: false));
        Assert.True(allowance.MayTry(image.Opened, 2, isLinear: true));
        Assert.False(allowance.MayTry(image.Opened, 1, isLinear: true));
        allowance.StartObject();
        Assert.True(allowance.MayTry(image.Opened, 1, isLinear: false));
        for (var i = 0; i < 5; i++)
        {
            allowance.StartObject();
            allowance.Pay(image.Opened, 1, isLinear: false, limit, isGivenUp: false);
        }

        allowance.StartObject();
        Assert.False(allowance.MayTry(image.Opened, 2, isLinear: false));
        allowance.StartScan();
        Assert.True(allowance.MayTry(image.Opened, 2, isLinear: false));
    }

    [Fact]
    public void Many_expressions_that_never_end_take_no_longer_than_the_allowance()
    {
        var lines = string.Concat(Enumerable.Range(0, 20).Select(i => $"T{i};Target:0;0&1;414141;0/(?=A)(A+)+(\\1)?${i}/\n"));
        using var image = new CompiledImage(("t.ldb", lines));
        var data = new byte[4000];
        data.AsSpan().Fill((byte)'A');
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        var layer = new Layer(ObjectType.TextAscii, null);
        matcher.RegexAllowance.StartScan();
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var buffer = 0; buffer < 4; buffer++)
        {
            Assert.Equal(
                MatchCompletion.BudgetExhausted,
                matcher.Match(Subject(data) with { Layer = layer }, true, hits, static () => { }));
        }

        // Time of a busy machine: without the allowance it is 80 times the limit of one search.
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, 20 * RegexCache.MatchLimit);
        Assert.Empty(hits);
    }

    [Fact]
    public void Matching_without_hits_allocates_nothing_after_the_first_object()
    {
        using var image = new CompiledImage(("t.ldb", "A;Target:0;0&1;414243;515253\nB;Target:0;0=0&1;414243;616263\n"
            + "C;Engine:101-255,Target:0;0&1;414243;0(>>3#hb2#=0xab)\nD;Target:0;0>2&1;4142*4546;434445::i\nE;Target:0;(0|1)>900;4142;4546\n"));
        var subject = Subject(Encoding.ASCII.GetBytes("..ABCDEF..ab cdeABxxEF" + new string('.', 5000)));
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        Action progress = static () => { };
        for (var i = 0; i < 5; i++)
        {
            matcher.Match(subject, true, hits, progress);
        }

        Assert.Empty(hits);
        Assert.Equal(0, Allocation.Least(() => matcher.Match(subject, true, hits, progress)));
    }

    private static MatchSubject Subject(byte[] data) => new() { Content = new MemoryContent(data), Target = 0 };

    private static List<SignatureHit> Match(CompiledImage image, MatchSubject subject)
    {
        var hits = new List<SignatureHit>();
        Assert.Equal(MatchCompletion.Complete, new ObjectMatcher(image.Set).Match(subject, true, hits, static () => { }));
        return hits;
    }

    private sealed record Layer(ObjectType Type, ILayer? Container) : ILayer
    {
        public ObjectType OpenedAs => Type;

        public FileTypeName? OpenedName => null;

        public bool HasZipAround => false;
    }
}
