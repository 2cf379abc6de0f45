using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Definitions;
using Engine.Images;
using Engine.Objects;
using Engine.Tests.Decomposition;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Scanning;

public sealed class ScanEngineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("req", "M-057"), Trait("req", "M-102"), Trait("req", "M-060")]
    public void Finds_the_test_file_and_names_generation_signature_and_place()
    {
        using var engine = Engine();
        var result = engine.Scan(Eicar.Content, "e.com");
        Assert.Equal(ScanStatus.Infected, result.Status);
        Assert.Equal("Test.Body", result.Threat);
        Assert.Equal("updater", result.DetectedBy);
        Assert.Equal(ScanCode.AvsVirusFound, result.Code);
        Assert.Equal(new NodeMatch("Test.Body", CompiledImage.Package, "e.com", 0), Assert.Single(result.Matches));
        Assert.Equal(7, result.Generation!.Value.Number);
        Assert.Equal(Digest.Of(Eicar.Content), result.Sha256);
        Assert.Equal(68, result.Bytes);
        Assert.Equal(1, result.Nodes);
        Assert.False(Directory.Exists(_folder.Path("scratch")));
    }

    [Fact, Trait("req", "M-061")]
    public void Has_no_code_and_no_engine_for_a_clean_text()
    {
        using var engine = Engine();
        foreach (var text in new[] { "", "a", "just a harmless text" })
        {
            var result = engine.Scan(Archive.Text(text));
            Assert.Equal(ScanStatus.Clean, result.Status);
            Assert.Null(result.Code);
            Assert.Null(result.DetectedBy);
            Assert.Null(result.Threat);
            Assert.Empty(result.Codes);
            Assert.Equal(1, result.Nodes);
        }

        var mail = engine.Scan(Archive.Text("From: a\r\nSubject: b\r\n\r\nc\r\n"));
        Assert.Equal((ScanStatus.Clean, ScanCode.DecOuterContainerIsMime), (mail.Status, mail.Code));
    }

    [Theory, Trait("req", "M-057")]
    [InlineData("zip", "o!e.com")]
    [InlineData("tgz", "o!content!e.com")]
    [InlineData("mail", "o!e.com")]
    [InlineData("deep", "o!a.tgz!a.tar!b.zip!e.com")]
    public void Finds_the_test_file_inside_and_names_the_inner_place(string kind, string place)
    {
        var zip = Archive.Zip(("e.com", Eicar.Content));
        var bytes = kind switch
        {
            "zip" => zip,
            "tgz" => Archive.Gzip(Archive.Tar(("e.com", Eicar.Content))),
            "mail" => Archive.Text("From: a\r\nContent-Type: application/x; name=e.com\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Convert.ToBase64String(Eicar.Content)),
            _ => Archive.Zip(CompressionLevel.SmallestSize, ("a.tgz", Archive.Gzip(Archive.Tar(("b.zip", zip))))),
        };
        using var engine = Engine();
        var result = engine.Scan(bytes, "o");
        Assert.Equal(ScanStatus.Infected, result.Status);
        Assert.Equal(place, Assert.Single(result.Matches).Node);
    }

    [Fact]
    public void Finds_what_lies_behind_the_first_128_kilobytes()
    {
        using var engine = Engine();
        foreach (var offset in new[] { 131_072, 131_073, 5_000_000 })
        {
            var bytes = Archive.Join(new byte[offset], Eicar.Content);
            Assert.Equal(offset, Assert.Single(engine.Scan(bytes).Matches).Offset);
            using var file = FileContent.Open(_folder.Write("big.bin", bytes));
            Assert.Equal(ScanStatus.Infected, engine.Scan(file).Status);
            File.Delete(_folder.Path("big.bin"));
        }
    }

    [Fact, Trait("req", "M-148")]
    public void Ends_at_the_first_threat_and_says_so_only_when_something_was_left()
    {
        using var engine = Engine();
        var two = Archive.Zip(("1", Eicar.Content), ("2", Eicar.Content));
        var first = engine.Scan(two, "z");
        Assert.Equal("z!1", Assert.Single(first.Matches).Node);
        Assert.Contains(first.Codes, c => c.Code == ScanCode.DecAbortedAfterFirstThreat);
        Assert.Equal(ScanCode.AvsVirusFound, first.Code);

        var all = engine.Scan(two, "z", allMatches: true);
        Assert.Equal("z!1,z!2", string.Join(',', all.Matches.Select(m => m.Node)));
        Assert.DoesNotContain(all.Codes, c => c.Code == ScanCode.DecAbortedAfterFirstThreat);

        Assert.DoesNotContain(engine.Scan(Eicar.Content).Codes, c => c.Code == ScanCode.DecAbortedAfterFirstThreat);
    }

    [Fact, Trait("req", "M-175"), Trait("req", "M-288")]
    public void Is_infected_when_a_sibling_is_encrypted()
    {
        var zip = Archive.Zip(("secret", Archive.Noise(500)), ("e.com", Eicar.Content));
        Archive.Noise(100, seed: 9).CopyTo(zip, 30 + "secret".Length);
        zip[6] |= 1;
        zip[zip.AsSpan().IndexOf<byte>([0x50, 0x4B, 0x01, 0x02]) + 8] |= 1;
        using var engine = Engine();
        var result = engine.Scan(zip, "z");
        Assert.Equal(ScanStatus.Infected, result.Status);
        Assert.Equal(ScanCode.AvsVirusFound, result.Code);
        Assert.Contains(result.Codes, c => c.Code == ScanCode.DecEncryptedContainerChildDetected && c.Node == "z!secret");
    }

    [Fact, Trait("req", "M-172"), Trait("req", "M-059")]
    public void Lists_every_code_and_names_the_primary_one_in_the_text()
    {
        var damaged = Archive.Zip(CompressionLevel.NoCompression, ("x", Archive.Text("some text to be damaged")));
        damaged[31] ^= 1;
        var zip = Archive.Zip(("gz", Archive.Gzip([1, 2, 3])[..^3]), ("x.zip", damaged), ("deep.zip", Archive.Nested(12, [1])));
        using var engine = Engine();
        var result = engine.Scan(zip, "z");
        Assert.Equal(ScanStatus.Unscannable, result.Status);
        Assert.Equal(ScanCode.DecMaximumDepthReached, result.Code);
        Assert.StartsWith("DEC_RESULT_MAXIMUM_DEPTH_REACHED in z!deep.zip", result.Threat, StringComparison.Ordinal);
        Assert.Null(result.DetectedBy);
        Assert.True(result.Codes.Select(c => c.Code).Distinct().Count() >= 3);
    }

    [Theory, Trait("req", "M-106")]
    [InlineData(false, ScanStatus.Error)]
    [InlineData(true, ScanStatus.Clean)]
    public void Answers_an_error_without_definitions(bool failOpen, ScanStatus expected)
    {
        using var active = new ActiveImage();
        var engine = new ScanEngine(active, TimeProvider.System, _folder.Path("scratch"));
        var result = engine.Scan(
            new ScanRequest { Name = "e", Content = new MemoryContent(Eicar.Content), Profile = ScanProfile.Default with { FailOpen = failOpen } },
            CancellationToken.None);
        Assert.Equal(expected, result.Status);
        Assert.Equal(failOpen, result.IsDegraded);
        Assert.Equal(ScanCode.AvsDefinitionsMissing, result.Code);
        Assert.Null(result.Generation);
        Assert.NotNull(result.Threat);
    }

    [Fact, Trait("req", "M-141")]
    public void Refuses_objects_over_two_gigabytes_and_takes_those_of_exactly_that_size()
    {
        using var engine = Engine();
        var profile = ScanProfile.Default with { MaxObjectBytes = 1000 };
        Assert.Equal(ScanStatus.Clean, engine.Scan(new byte[1000], profile: profile).Status);
        var result = engine.Scan(new byte[1001], profile: profile);
        Assert.Equal((ScanStatus.Unscannable, ScanCode.DecFileSizeTooLarge), (result.Status, result.Code));

        Assert.Equal(2_147_483_648, ScanProfile.Default.MaxObjectBytes);
        using var sparse = new FailingContent(2_147_483_649, failAt: 0);
        Assert.Equal(ScanCode.DecFileSizeTooLarge, engine.Scan(sparse).Code);
    }

    [Theory, Trait("req", "M-109"), Trait("req", "M-024")]
    [InlineData(0)]
    [InlineData(51)]
    public void Refuses_a_depth_that_is_out_of_range(int depth)
    {
        using var engine = Engine();
        var result = engine.Scan(Eicar.Content, profile: ScanProfile.Default with { MaxExtractDepth = depth });
        Assert.Equal((ScanStatus.Error, ScanCode.DecPolicyInvalid), (result.Status, result.Code));
    }

    [Theory, Trait("req", "M-104"), Trait("req", "M-056")]
    [InlineData(0)]
    [InlineData(1)]
    public void Answers_an_error_when_the_bytes_cannot_be_read(int goodPasses)
    {
        using var engine = Engine();
        using var content = new FailingContent(5000, failAt: 1000, goodPasses);
        var result = engine.Scan(content);
        Assert.Equal((ScanStatus.Error, ScanCode.AvsScanfileFailure), (result.Status, result.Code));

        using var again = new FailingContent(5000, failAt: 1000, goodPasses);
        var open = engine.Scan(again, profile: ScanProfile.Default with { FailOpen = true });
        Assert.Equal((ScanStatus.Clean, true), (open.Status, open.IsDegraded));
        Assert.Equal(ScanCode.AvsScanfileFailure, open.Code);
    }

    [Fact]
    public void Never_degrades_a_detection()
    {
        using var engine = Engine();
        var result = engine.Scan(Eicar.Content, profile: ScanProfile.Default with { FailOpen = true });
        Assert.Equal((ScanStatus.Infected, false), (result.Status, result.IsDegraded));
    }

    [Fact]
    public void An_allowed_object_or_ancestor_withdraws_the_detection_and_a_sibling_does_not()
    {
        var inner = Archive.Zip(("e.com", Eicar.Content));
        var outer = Archive.Zip(("in.zip", inner), ("other", Archive.Text("other")));
        foreach (var allowed in new[] { Eicar.Content, inner, outer })
        {
            using var engine = Engine(("ok.sfp", Line(allowed)));
            Assert.Equal(ScanStatus.Clean, engine.Scan(outer).Status);
        }

        using var other = Engine(("ok.sfp", Line(Archive.Text("other"))));
        Assert.Equal(ScanStatus.Infected, other.Scan(outer).Status);

        // The scan goes on behind a withdrawn detection.
        using var partly = Engine(("ok.sfp", Line(inner)));
        var result = partly.Scan(Archive.Zip(("in.zip", inner), ("e.com", Eicar.Content)), "z");
        Assert.Equal("z!e.com", Assert.Single(result.Matches).Node);
    }

    [Fact]
    public void Reports_a_weak_hit_only_when_nothing_strong_follows()
    {
        using var engine = Engine(("pua.ndb", $"PUA.Test:0:*:{Hex("unwanted")}\n"));
        var weak = engine.Scan(Archive.Zip(("a", Archive.Text("something unwanted"))), "z");
        Assert.Equal((ScanStatus.Infected, "PUA.Test"), (weak.Status, weak.Threat));

        var both = Archive.Zip(("a", Archive.Text("something unwanted")), ("b", Eicar.Content));
        Assert.Equal("Test.Body", Assert.Single(engine.Scan(both).Matches).Signature);
        Assert.Equal("Test.Body,PUA.Test", string.Join(',', engine.Scan(both, allMatches: true).Matches.Select(m => m.Signature)));
    }

    [Fact]
    public void Passes_cancellation_through()
    {
        using var engine = Engine();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Scan(Eicar.Content, token: cancelled.Token));

        using var late = new CancellationTokenSource();
        using var content = new FailingContent(5_000_000, failAt: long.MaxValue, onRead: late.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Scan(content, token: late.Token));
        Assert.Equal(ScanStatus.Infected, engine.Scan(Eicar.Content).Status);
    }

    [Fact, Trait("req", "M-111"), Trait("req", "M-026")]
    public void Ends_at_the_deadline_also_while_it_matches()
    {
        using var engine = Engine(new SteppingClock(TimeSpan.FromMilliseconds(100)));
        var result = engine.Scan(new byte[5_000_000], profile: ScanProfile.Default with { MaxExtractTime = TimeSpan.FromSeconds(5) });
        Assert.Equal((ScanStatus.Unscannable, ScanCode.DecMaximumExtractTimeExceeded), (result.Status, result.Code));
    }

    [Fact]
    public void Sees_one_generation_for_the_whole_object_while_it_is_swapped()
    {
        var first = new CompiledImage(("a.ndb", $"First:0:*:{Hex("payload")}\n"));
        var second = new CompiledImage(("a.ndb", $"Second:0:*:{Hex("payload")}\n"));
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), first.Set);
        var engine = new ScanEngine(active, TimeProvider.System, _folder.Path("scratch"));
        using var content = new FailingContent(
            Archive.Zip(("a", Archive.Text("payload")), ("b", Archive.Text("payload"))), () => active.Swap(new GenerationId(2, default), second.Set));
        var result = engine.Scan(new ScanRequest { Name = "z", Content = content, AllMatches = true }, CancellationToken.None);
        Assert.Equal(1, result.Generation!.Value.Number);
        Assert.Equal("First,First", string.Join(',', result.Matches.Select(m => m.Signature)));

        var next = engine.Scan(new ScanRequest { Name = "z", Content = new MemoryContent(Archive.Text("payload")) }, CancellationToken.None);
        Assert.Equal((2, "Second"), (next.Generation!.Value.Number, next.Threat));
    }

    [Fact]
    public void Scans_on_many_threads_at_one_time()
    {
        using var engine = Engine();
        var zip = Archive.Zip(("a.txt", Archive.Text("nothing")), ("e.com", Eicar.Content));
        Parallel.For(0, 200, i =>
        {
            var result = engine.Scan(i % 2 == 0 ? zip : Archive.Noise(10_000, i));
            Assert.Equal(i % 2 == 0 ? ScanStatus.Infected : ScanStatus.Clean, result.Status);
        });
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));

    private static string Line(byte[] bytes) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}:{bytes.Length}:Allowed\n";

    private EngineUnderTest Engine(params (string Name, string Content)[] files) => Engine(TimeProvider.System, files);

    private EngineUnderTest Engine(TimeProvider time, params (string Name, string Content)[] files) =>
        new(time, _folder.Path("scratch"), [("test.ndb", $"Test.Body:0:*:{Hex(Eicar.Text)}\n"), .. files]);
}
