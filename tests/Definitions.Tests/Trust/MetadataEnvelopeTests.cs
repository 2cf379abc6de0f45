using System.Text;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>tuf-client.md §2.1; malformed but valid JSON crashed another client before any check (GHSA-846p-jg2w-w324).</summary>
public sealed class MetadataEnvelopeTests
{
    private static readonly JsonObject Signed = new() { ["a"] = 1 };

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("""{"signed":{}}""")]
    [InlineData("""{"signatures":[]}""")]
    [InlineData("""{"signed":[],"signatures":[]}""")]
    [InlineData("""{"signed":null,"signatures":[]}""")]
    [InlineData("""{"signed":{},"signatures":{}}""")]
    [InlineData("""{"signed":{},"signatures":[1]}""")]
    [InlineData("""{"signed":{},"signatures":[null]}""")]
    [InlineData("""{"signed":{},"signatures":[{}]}""")]
    [InlineData("""{"signed":{},"signatures":[{"keyid":"a"}]}""")]
    [InlineData("""{"signed":{},"signatures":[{"sig":"00"}]}""")]
    [InlineData("""{"signed":{},"signatures":[{"keyid":1,"sig":"00"}]}""")]
    [InlineData("""{"signed":{},"signatures":[{"keyid":"a","sig":{}}]}""")]
    [InlineData("""{"signed":{"version":1.5},"signatures":[]}""")]
    public void Refuses_malformed_but_valid_json(string json) =>
        Assert.Equal(RefusalReason.MetadataMalformed, Refused(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Refuses_a_repeated_key_id_in_signatures() =>
        Assert.Equal(
            RefusalReason.MetadataMalformed,
            Refused(TrustRepository.Envelope(Signed, Entry("a", "00"), Entry("b", ""), Entry("a", "00"))));

    [Fact]
    public void Refuses_more_signatures_than_the_limit()
    {
        var entries = Enumerable.Range(0, TrustLimits.MaxSignatures + 1).Select(i => (JsonNode)Entry($"{i}", ""));

        Assert.Equal(RefusalReason.MetadataTooLarge, Refused(TrustRepository.Envelope(Signed, [.. entries])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("xyz")]
    [InlineData("00zz")]
    [InlineData("ä")]
    public void An_empty_or_garbage_signature_does_not_spoil_the_file(string signature)
    {
        var envelope = MetadataEnvelope.Parse(TrustRepository.Envelope(Signed, Entry("a", signature)), 10_000);

        Assert.True(Assert.Single(envelope.Signatures).Value.IsEmpty);
    }

    [Fact]
    public void Keeps_the_bytes_and_does_not_follow_later_changes_of_the_buffer()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"signed":{"b":"\u0041","a":1},"signatures":[]} """);
        var copy = bytes.ToArray();

        var envelope = MetadataEnvelope.Parse(bytes, 10_000);
        bytes.AsSpan().Clear();

        Assert.Equal(copy, envelope.Bytes.ToArray());
        Assert.Equal("""{"a":1,"b":"A"}""", Encoding.UTF8.GetString(envelope.SignedBytes.Span));
    }

    private static JsonObject Entry(string keyId, string signature) => new() { ["keyid"] = keyId, ["sig"] = signature };

    private static RefusalReason Refused(byte[] bytes) =>
        Assert.Throws<RefusedException>(() => MetadataEnvelope.Parse(bytes, 1_000_000)).Reason;
}
