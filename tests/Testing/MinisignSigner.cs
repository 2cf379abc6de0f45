using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Testing;

/// <summary>Makes minisign keys and signatures, in both variants.</summary>
public sealed class MinisignSigner
{
    private readonly byte[] _id = new byte[8];
    private readonly Ed25519PrivateKeyParameters _key;

    /// <param name="seed">Another number is another key.</param>
    public MinisignSigner(byte seed)
    {
        var secret = new byte[32];
        Array.Fill(secret, seed);
        Array.Fill(_id, seed);
        _key = new Ed25519PrivateKeyParameters(secret);
    }

    /// <summary>The base64 line of a public key file.</summary>
    public string PublicKey => Convert.ToBase64String([(byte)'E', (byte)'d', .. _id, .. _key.GeneratePublicKey().GetEncoded()]);

    public byte[] Sign(byte[] content, bool isOverDigest = true, string comment = "timestamp:1\tfile:x")
    {
        var signature = Sign(isOverDigest ? Blake(content) : content);
        var ofComment = Sign([.. signature, .. Encoding.UTF8.GetBytes(comment)]);
        byte[] head = [(byte)'E', isOverDigest ? (byte)'D' : (byte)'d', .. _id, .. signature];
        return Encoding.UTF8.GetBytes(
            $"untrusted comment: made by a test\n{Convert.ToBase64String(head)}\ntrusted comment: {comment}\n{Convert.ToBase64String(ofComment)}\n");
    }

    private static byte[] Blake(byte[] content)
    {
        var blake = new Blake2bDigest(512);
        blake.BlockUpdate(content, 0, content.Length);
        var digest = new byte[64];
        blake.DoFinal(digest, 0);
        return digest;
    }

    private byte[] Sign(byte[] message)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(message, 0, message.Length);
        return signer.GenerateSignature();
    }
}
