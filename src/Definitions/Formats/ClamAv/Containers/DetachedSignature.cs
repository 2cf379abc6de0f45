using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Cms;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// A detached CMS signature over content of which only the SHA-256 is at hand, so that 170 MB need not lie in memory
/// (clamav-formats.md §1.8, RFC 5652 §5.4: with signed attributes the signature covers them, and they hold the digest).
/// </summary>
internal static class DetachedSignature
{
    private const int MaxCertificates = 16;
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string MailProtection = "1.3.6.1.5.5.7.3.4";

    /// <param name="cms">DER of a ContentInfo with SignedData.</param>
    /// <param name="content">SHA-256 of the signed bytes.</param>
    /// <param name="anchors">At least one.</param>
    /// <param name="now">For the certificates' validity.</param>
    /// <returns>The signer's common name; null when the signature is not valid, whatever the reason.</returns>
    public static string? SignerOf(byte[] cms, Digest content, CertificateAnchors anchors, DateTimeOffset now)
    {
        try
        {
            var hash = new byte[Digest.Size];
            content.CopyTo(hash);
            var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [NistObjectIdentifiers.IdSha256.Id] = hash };
            var signed = new CmsSignedData(hashes, cms);
            var signers = signed.GetSignerInfos().GetSigners();
            var certificates = signed.GetCertificates().EnumerateMatches(selector: null).Take(MaxCertificates + 1).ToList();
            if (signed.ContentInfo is null || signed.SignedContent is not null || signers.Count != 1 || certificates.Count > MaxCertificates)
            {
                return null;
            }

            return SignerOf(signers.First(), certificates, anchors, now);
        }
#pragma warning disable CA1031 // Third-party parser of hostile ASN.1: whatever it throws, the signature is not valid.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private static string? SignerOf(
        SignerInformation signer, List<BouncyCertificate> certificates, CertificateAnchors anchors, DateTimeOffset now)
    {
        // Without signed attributes the signature would cover the content itself, which is a weaker habit nobody needs.
        if (signer.SignedAttributes is not { Count: > 0 } || !signer.DigestAlgorithmID.Algorithm.Equals(NistObjectIdentifiers.IdSha256)
            || certificates.FirstOrDefault(signer.SignerID.Match) is not { } certificate)
        {
            return null;
        }

        // The chain first: it keeps keys of absurd size, which only cost time, from the signature check.
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetEncoded());
        return MaySign(leaf) && IsTraced(leaf, certificates, anchors, now) && signer.Verify(certificate)
            ? leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false)
            : null;
    }

    private static bool MaySign(X509Certificate2 leaf)
    {
        using var key = leaf.GetRSAPublicKey();
        var usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        var purposes = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        return key is { KeySize: >= MinRsaBits and <= MaxRsaBits }
            && (usage is null || (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != X509KeyUsageFlags.None)
            && (purposes is null || purposes.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value is CodeSigning or MailProtection));
    }

    private static bool IsTraced(
        X509Certificate2 leaf, List<BouncyCertificate> certificates, CertificateAnchors anchors, DateTimeOffset now)
    {
        var roots = anchors.ToCollection();
        var others = new X509Certificate2Collection();
        using var chain = new X509Chain();
        try
        {
            foreach (var certificate in certificates)
            {
                others.Add(X509CertificateLoader.LoadCertificate(certificate.GetEncoded()));
            }

            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.ExtraStore.AddRange(others);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // The format has no revocation.
            chain.ChainPolicy.DisableCertificateDownloads = true; // No network from here.
            chain.ChainPolicy.VerificationTimeIgnored = false;
            chain.ChainPolicy.VerificationTime = now.UtcDateTime;
            return chain.Build(leaf);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }

            foreach (var certificate in roots.Concat(others))
            {
                certificate.Dispose();
            }
        }
    }
}
