using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Definitions.Trust;

/// <summary>How a key signs. The scheme in the key decides, never the signature (tuf-client.md §2.3).</summary>
public enum KeyScheme
{
    /// <summary>RFC 8032, 32-byte public value, 64-byte signature; by BouncyCastle, the base library has none.</summary>
    Ed25519,

    /// <summary>ECDSA with SHA-256 on NIST P-256, signature in ASN.1 DER.</summary>
    EcdsaP256,

    /// <summary>RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes; modulus of 2048 to 8192 bit.</summary>
    RsaPssSha256,
}

/// <summary>Reads public values and verifies signatures; never throws for what a key or a signature holds.</summary>
internal static class PublicKeys
{
    private const string P256Oid = "1.2.840.10045.3.1.7";

    /// <summary>Above this a signature check costs too much for what a hostile file may ask for.</summary>
    private const int MaxRsaBits = 8192;

    private const int MinRsaBits = 2048;

    /// <summary>
    /// The normal form of a public value: raw bytes for Ed25519, re-encoded SubjectPublicKeyInfo else. Two texts of
    /// one key (other line breaks, other case of hex) have one normal form. Null = the key cannot be used.
    /// </summary>
    public static byte[]? Normalise(KeyScheme scheme, string publicValue)
    {
        try
        {
            return scheme switch
            {
                KeyScheme.Ed25519 => ReadEd25519(publicValue),
                KeyScheme.EcdsaP256 => ReadEcdsa(publicValue),
                KeyScheme.RsaPssSha256 => ReadRsa(publicValue),
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <param name="scheme">The key's scheme.</param>
    /// <param name="key">From <see cref="Normalise"/>.</param>
    public static bool Verify(KeyScheme scheme, byte[] key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            return scheme switch
            {
                KeyScheme.Ed25519 => VerifyEd25519(key, message, signature),
                KeyScheme.EcdsaP256 => VerifyEcdsa(key, message, signature),
                KeyScheme.RsaPssSha256 => VerifyRsa(key, message, signature),
            };
        }
        catch (CryptographicException)
        {
            // Some providers throw for a signature of the wrong shape instead of answering "no".
            return false;
        }
    }

    private static byte[]? ReadEd25519(string publicValue)
    {
        if (publicValue.Length != 2 * Ed25519PublicKeyParameters.KeySize)
        {
            return null;
        }

        var bytes = Convert.FromHexString(publicValue);
        _ = new Ed25519PublicKeyParameters(bytes); // Throws ArgumentException for bytes that are no point.
        return bytes;
    }

    private static byte[]? ReadEcdsa(string pem)
    {
        if (SubjectPublicKeyInfo(pem) is not { } der)
        {
            return null;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(der, out var read);
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        // A named curve only: explicit parameters could look like P-256 with another generator.
        return read == der.Length && curve.IsNamed && curve.Oid.Value == P256Oid ? key.ExportSubjectPublicKeyInfo() : null;
    }

    private static byte[]? ReadRsa(string pem)
    {
        if (SubjectPublicKeyInfo(pem) is not { } der)
        {
            return null;
        }

        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(der, out var read);
        return read == der.Length && key.KeySize is >= MinRsaBits and <= MaxRsaBits
            ? key.ExportSubjectPublicKeyInfo()
            : null;
    }

    /// <summary>The bytes of the one PEM block, which must be a public key: a private key has no place in metadata.</summary>
    private static byte[]? SubjectPublicKeyInfo(string pem) =>
        PemEncoding.TryFind(pem, out var fields) && pem.AsSpan()[fields.Label] is "PUBLIC KEY"
            ? Convert.FromBase64String(pem[fields.Base64Data])
            : null;

    private static bool VerifyEd25519(byte[] key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(key));
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }

    private static bool VerifyEcdsa(byte[] key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key, out _);
        return ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static bool VerifyRsa(byte[] key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key, out _);
        return rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }
}
