using System.Diagnostics;
using System.Text;
using Definitions.Formats.ClamAv.Containers;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>External signatures and the decision of clamav-formats.md §1.8.</summary>
public sealed class SignFileTests : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    private static readonly byte[] Signed = Publisher.Cvd(First);

    // Nothing in it would be accepted without the file beside it.
    private static readonly byte[] Bare =
    [
        .. ClamAvPublisher.Header(First, "X", "X"),
        .. ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, ClamAvPublisher.UnsignedIndex(First))),
    ];

    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_valid_one_accepts()
    {
        Assert.Equal(TestCertificates.SignerName, _harness.Unpack(Bare, signFile: Publisher.SignFile(Bare)).SignerName);
        Assert.Equal(
            TestCertificates.SignerName,
            _harness.Unpack(Signed, trust: Publisher.Trust() with { AllowsMd5 = false }, signFile: Publisher.SignFile(Signed)).SignerName);
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare).Reason);
    }

    [Fact]
    public void A_wrong_one_refuses_what_is_validly_signed_otherwise() =>
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Signed, signFile: Publisher.SignFile(Bare)).Reason);

    [Theory]
    [InlineData("231:")]
    [InlineData("0:229")]
    public void One_for_other_engines_leaves_it_to_the_older_schemes(string levels)
    {
        Assert.Null(_harness.Unpack(Signed, signFile: Publisher.SignFile(Bare, levels)).SignerName);
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare, signFile: Publisher.SignFile(Bare, levels)).Reason);
    }

    [Fact]
    public void Without_trusted_certificates_it_is_left_to_the_older_schemes() => Assert.Null(
        _harness.Unpack(Signed, trust: Publisher.Trust() with { Anchors = CertificateAnchors.None }, signFile: Publisher.SignFile(Bare)).SignerName);

    [Fact]
    public void One_of_several_lines_is_enough()
    {
        var file = Encoding.ASCII.GetString(Publisher.SignFile(Bare)).Split('\n');
        var other = Encoding.ASCII.GetString(Publisher.SignFile(Signed)).Split('\n')[1];
        var text = $"#clamsign-1.0\r\n# a comment\n\n230:240:other-format:!!\n{other}\n{file[1]}";
        Assert.NotNull(_harness.Unpack(Bare, signFile: Text(text)).SignerName);
    }

    [Theory]
    [InlineData("2023-12-31")]
    [InlineData("2099-01-02")]
    public void Certificates_out_of_their_time_refuse(string now)
    {
        var trust = Publisher.Trust(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare, trust: trust, signFile: Publisher.SignFile(Bare)).Reason);
    }

    [Fact]
    public void A_chain_to_a_root_that_is_not_trusted_refuses()
    {
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare, signFile: Stranger.SignFile(Bare)).Reason);
    }

    [Fact]
    public void A_certificate_for_another_purpose_refuses()
    {
        var certificates = new TestCertificates("web", ServerPurpose);
        var trust = Publisher.Trust() with { Anchors = CertificateAnchors.Load([("web.crt", certificates.RootDer)]) };
        var sign = ClamAvPublisher.SignText(certificates.Sign(Bare));
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare, trust: trust, signFile: sign).Reason);
    }

    [Fact]
    public void A_signature_over_content_of_its_own_refuses()
    {
        var sign = ClamAvPublisher.SignText(Publisher.Certificates.Sign(Bare, isDetached: false));
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Bare, signFile: sign).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#clamsign-2.0\n")]
    [InlineData("230::pkcs7-pem:AAAA\n")]
    [InlineData("#clamsign-1.0\n230::pkcs7-pem\n")]
    [InlineData("#clamsign-1.0\nx::pkcs7-pem:AAAA\n")]
    [InlineData("#clamsign-1.0\n230:-1:pkcs7-pem:AAAA\n")]
    [InlineData("#clamsign-1.0\n230::pkcs7-pem:A\n")]
    [InlineData("#clamsign-1.0\n230::pkcs7-pem:\n")]
    public void A_file_that_is_none_refuses(string text) =>
        Assert.Equal(RefusalReason.DatabaseMalformed, _harness.Refusal(Bare, signFile: Text(text)).Reason);

    [Fact]
    public void A_file_above_its_limit_refuses()
    {
        Assert.Equal(RefusalReason.PackageLimit, _harness.Refusal(Bare, signFile: new byte[300_000]).Reason);
        Assert.Equal(RefusalReason.PackageLimit, _harness.Refusal(Bare, signFile: Text("#clamsign-1.0\n" + new string('\n', 300))).Reason);
    }

    [Fact]
    public void No_bit_of_the_digest_may_change()
    {
        var cms = Publisher.Certificates.Sign(Bare);
        var digest = new byte[Digest.Size];
        Digest.Of(Bare).CopyTo(digest);
        Assert.Equal(TestCertificates.SignerName, SignerOf(cms, digest));
        for (var bit = 0; bit < digest.Length * 8; bit += 5)
        {
            digest[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SignerOf(cms, digest));
            digest[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void No_bit_of_the_signature_value_may_change()
    {
        var cms = Publisher.Certificates.Sign(Bare);
        var digest = new byte[Digest.Size];
        Digest.Of(Bare).CopyTo(digest);
        const int RsaBytes = 256; // The signature value ends the structure, as there are no unsigned attributes.
        for (var at = cms.Length - RsaBytes; at < cms.Length; at += 5)
        {
            var changed = cms.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            Assert.Null(SignerOf(changed, digest));
        }
    }

    [Fact]
    public void What_openssl_signs_verifies()
    {
        const string openssl = "/usr/bin/openssl";
        Assert.SkipUnless(File.Exists(openssl), "openssl is not installed");
        var folder = _harness.Temp;
        folder.Write("data", Bare);
        Run(
            "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 -subj /CN=OpenRoot -addext basicConstraints=critical,CA:TRUE",
            "req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=OpenLeaf -addext extendedKeyUsage=codeSigning,emailProtection",
            "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -copy_extensions copy -out leaf.pem",
            "smime -sign -binary -in data -signer leaf.pem -inkey leaf.key -outform DER -md sha256 -out data.p7s");
        var root = File.ReadAllBytes(folder.Path("root.pem"));
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(folder.Path("root.pem"));
        var trust = Publisher.Trust(new DateTimeOffset(certificate.NotBefore).AddDays(1)) with { Anchors = CertificateAnchors.Load([("root.pem", root)]) };
        var sign = ClamAvPublisher.SignText(File.ReadAllBytes(folder.Path("data.p7s")));
        Assert.Equal("OpenLeaf", _harness.Unpack(Bare, trust: trust, signFile: sign).SignerName);

        void Run(params string[] commands)
        {
            foreach (var command in commands)
            {
                var start = new ProcessStartInfo(openssl, command.Split(' '))
                {
                    WorkingDirectory = folder.Root,
                    RedirectStandardError = true,
                    UseShellExecute = false,
                };
                using var process = Process.Start(start)!;
                var errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, errors);
            }
        }
    }

    /// <summary>A parser that recurses would take the process down with it.</summary>
    [Theory]
    [InlineData("3080")]
    [InlineData("A080")]
    [InlineData("2480")]
    [InlineData("308400FFFFFF")]
    [InlineData("06092A864886F70D010702A080")]
    public void Deep_nesting_is_no_signature(string level)
    {
        var once = Convert.FromHexString(level);
        var nested = Enumerable.Repeat(once, 250_000 / once.Length).SelectMany(bytes => bytes).ToArray();
        byte[] wrapped = [.. Convert.FromHexString("308006092A864886F70D010702A080"), .. nested];
        foreach (var cms in new[] { nested, wrapped })
        {
            Assert.Null(SignerOf(cms, new byte[Digest.Size]));
        }
    }

    [Fact]
    public void Deep_nesting_with_right_lengths_is_no_signature()
    {
        byte[] nested = [];
        var levels = new List<byte[]>();
        for (var length = 0; length < 200_000;)
        {
            byte[] header = [0x30, 0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length];
            levels.Add(header);
            length += header.Length;
        }

        levels.Reverse();
        nested = [.. levels.SelectMany(bytes => bytes)];
        Assert.Null(SignerOf(nested, new byte[Digest.Size]));
        byte[] wrapped = [.. Convert.FromHexString("308006092A864886F70D010702A080"), .. nested, 0, 0, 0, 0];
        Assert.Null(SignerOf(wrapped, new byte[Digest.Size]));
    }

    [Fact]
    public void A_broken_certificate_folder_is_told()
    {
        Assert.Equal(RefusalReason.RootInvalid, Load(("a.pem", Publisher.Certificates.RootPem), ("b.crt", Publisher.Certificates.RootDer)));
        Assert.Equal(RefusalReason.RootInvalid, Load(("a.pem", Text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))));
        Assert.Equal(RefusalReason.RootInvalid, Load(("a.pem", Text("-----BEGIN nothing"))));
        Assert.Equal(RefusalReason.RootInvalid, Load(("a.crt", [])));

        static RefusalReason Load(params (string, byte[])[] files) =>
            Assert.Throws<RefusedException>(() => { CertificateAnchors.Load(files); }).Reason;
    }

    private static string? SignerOf(byte[] cms, byte[] digest) =>
        DetachedSignature.SignerOf(cms, new Digest(digest), Publisher.Anchors, Publisher.Trust().Now);
}
