using System.Text;
using Definitions.Trust;
using Testing;

namespace Definitions.Tests.Trust;

public sealed class MinisignTests
{
    // Public test vectors of the minisign-verify crate; both sign the four bytes "test".
    private const string PublicKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    private const string OverFile =
        "untrusted comment: signature from minisign secret key\n"
        + "RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n"
        + "trusted comment: timestamp:1555779966\tfile:test\n"
        + "QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/SfNQUaOAA==";

    private const string OverDigest =
        "untrusted comment: signature from minisign secret key\n"
        + "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
        + "trusted comment: timestamp:1633700835\tfile:test\tprehashed\n"
        + "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==\n";

    [Theory]
    [InlineData(OverFile, false)]
    [InlineData(OverDigest, true)]
    public void Genuine_signatures_verify_and_changed_content_does_not(string text, bool isOverDigest)
    {
        Assert.True(MinisignKey.TryParse(PublicKey, out var key));
        Assert.True(MinisignSignature.TryParse(Encoding.UTF8.GetBytes(text), out var signature));
        Assert.Equal(isOverDigest, signature.IsOverDigest);
        Assert.True(key.Verifies(signature, new MemoryStream("test"u8.ToArray())));
        Assert.False(key.Verifies(signature, new MemoryStream("Test"u8.ToArray())));
        Assert.False(key.Verifies(signature, new MemoryStream("test\n"u8.ToArray())));
    }

    [Theory]
    [InlineData(OverFile)]
    [InlineData(OverDigest)]
    public void No_changed_character_behind_the_first_line_verifies(string text)
    {
        Assert.True(MinisignKey.TryParse(PublicKey, out var key));
        for (var i = text.IndexOf('\n', StringComparison.Ordinal) + 1; i < text.TrimEnd().Length; i++)
        {
            var changed = Encoding.UTF8.GetBytes(text);
            changed[i] ^= 1;
            Assert.False(
                MinisignSignature.TryParse(changed, out var signature) && key.Verifies(signature, new MemoryStream("test"u8.ToArray())),
                $"character {i}");
        }
    }

    [Fact]
    public void A_key_file_with_its_comment_is_a_key()
    {
        Assert.True(MinisignKey.TryParse($"untrusted comment: minisign public key E7620F1842B4E81F\r\n{PublicKey}\r\n", out _));
        Assert.False(MinisignKey.TryParse("", out _));
        Assert.False(MinisignKey.TryParse("untrusted comment: x", out _));
        Assert.False(MinisignKey.TryParse(PublicKey[..^1], out _));
        Assert.False(MinisignKey.TryParse("AAAA" + PublicKey[4..], out _));
    }

    [Fact]
    public void Signatures_of_our_own_verify_in_both_variants()
    {
        var signer = new MinisignSigner(3);
        Assert.True(MinisignKey.TryParse(signer.PublicKey, out var key));
        var content = new byte[200_000];
        foreach (var isOverDigest in (bool[])[true, false])
        {
            Assert.True(MinisignSignature.TryParse(signer.Sign(content, isOverDigest), out var signature));
            Assert.True(key.Verifies(signature, new MemoryStream(content)));
        }

        Assert.True(MinisignKey.TryParse(PublicKey, out var other));
        Assert.True(MinisignSignature.TryParse(signer.Sign(content), out var foreign));
        Assert.False(other.Verifies(foreign, new MemoryStream(content)));
    }
}
