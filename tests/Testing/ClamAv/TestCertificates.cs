using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Utilities.Collections;
using Org.BouncyCastle.X509;
using Attribute = Org.BouncyCastle.Asn1.Cms.Attribute;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Testing.ClamAv;

/// <summary>
/// Root, intermediate and leaf as behind <c>.sign</c> files (clamav-formats.md §1.8), the same in each run, valid from
/// 2024 to 2099.
/// </summary>
public sealed class TestCertificates
{
    public const string SignerName = "Test Database Signer";

    private static readonly DateTimeOffset _notBefore = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _notAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestRsaKey _leafKey;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly X509Certificate2 _leaf;

    /// <param name="name">Seed: the same name gives the same keys.</param>
    /// <param name="purpose">OID of the leaf's extended key usage; code signing unless told.</param>
    public TestCertificates(string name, string purpose = "1.3.6.1.5.5.7.3.3")
    {
        var rootKey = new TestRsaKey(name + " root", 2048, 65537);
        var intermediateKey = new TestRsaKey(name + " intermediate", 2048, 65537);
        _leafKey = new TestRsaKey(name + " leaf", 2048, 65537);
        var rootName = new X500DistinguishedName($"CN={name} Root");
        var intermediateName = new X500DistinguishedName($"CN={name} Intermediate");
        _root = Issue(rootName, rootKey, rootName, rootKey, 1, purpose: null);
        _intermediate = Issue(intermediateName, intermediateKey, rootName, rootKey, 2, purpose: null);
        _leaf = Issue(new X500DistinguishedName("CN=" + SignerName), _leafKey, intermediateName, intermediateKey, 3, purpose);
    }

    /// <summary>For a certificate folder.</summary>
    public byte[] RootPem => Encoding.ASCII.GetBytes(_root.ExportCertificatePem() + "\n");

    public byte[] RootDer => _root.RawData;

    /// <summary>DER of a CMS signature with intermediate and leaf.</summary>
    /// <param name="isDetached">False puts the data in, which no such file may.</param>
    public byte[] Sign(byte[] data, bool isDetached = true)
    {
        var signingTime = new Attribute(CmsAttributes.SigningTime, new DerSet(new Time(_notBefore.AddYears(1).UtcDateTime)));
        var attributes = new DefaultSignedAttributeTableGenerator(new AttributeTable(new DerSet(signingTime)));
        var parser = new X509CertificateParser();
        var leaf = parser.ReadCertificate(_leaf.RawData);
        var generator = new CmsSignedDataGenerator();
        generator.AddSigner(_leafKey.Private, leaf, NistObjectIdentifiers.IdSha256.Id, attributes, null);
        generator.AddCertificates(CollectionUtilities.CreateStore<BouncyCertificate>([leaf, parser.ReadCertificate(_intermediate.RawData)]));
        return generator.Generate(new CmsProcessableByteArray(data), encapsulate: !isDetached).GetEncoded();
    }

    private static X509Certificate2 Issue(
        X500DistinguishedName subject, TestRsaKey key, X500DistinguishedName issuer, TestRsaKey issuerKey, byte serial, string? purpose)
    {
        using var rsa = key.ToRsa();
        using var issuerRsa = issuerKey.ToRsa();
        var request = new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var isAuthority = purpose is null;
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        }

        var generator = X509SignatureGenerator.CreateForRSA(issuerRsa, RSASignaturePadding.Pkcs1);
        return request.Create(issuer, generator, _notBefore, _notAfter, [serial]);
    }
}
