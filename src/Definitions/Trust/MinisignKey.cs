using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Definitions.Trust;

/// <summary>A minisign public key: 42 bytes, <c>Ed</c>, an 8-byte id and an Ed25519 key, in base64.</summary>
/// <remarks>Source: the format section of minisign's manual page.</remarks>
public sealed class MinisignKey
{
    /// <summary>
    /// Longest file whose signature covers the file itself; it has to be held in memory. Signatures over a digest, which
    /// the tool makes by default, have no limit.
    /// </summary>
    public const int MaxDirectBytes = 64 * 1024 * 1024;

    private const int KeyBytes = 42;
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _id;
    private readonly Ed25519PublicKeyParameters _key;

    private MinisignKey(byte[] id, Ed25519PublicKeyParameters key)
    {
        _id = id;
        _key = key;
    }

    /// <summary>Reads the base64 line; a whole key file with its comment line is taken too.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MinisignKey? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        key = null;
        var line = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && !l.StartsWith("untrusted comment:", StringComparison.Ordinal));
        var bytes = new byte[KeyBytes];
        if (line is null || line.Length != 56 || !Convert.TryFromBase64String(line, bytes, out var length)
            || length != KeyBytes || bytes[0] != 'E' || bytes[1] != 'd')
        {
            return false;
        }

        try
        {
            key = new MinisignKey(bytes[2..10], new Ed25519PublicKeyParameters(bytes, 10));
            return true;
        }
        catch (ArgumentException)
        {
            // The bytes are no point of the curve.
            return false;
        }
    }

    /// <summary>True when this key made both the signature of the content and that of the trusted comment.</summary>
    /// <param name="content">Read from its position to its end; for a direct signature at most <see cref="MaxDirectBytes"/>.</param>
    public bool Verifies(MinisignSignature signature, Stream content)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(content);
        if (!signature.KeyId.SequenceEqual(_id))
        {
            return false;
        }

        var message = signature.IsOverDigest ? DigestOf(content) : ReadAll(content);
        return message is not null
            && Verify(message, signature.OfContent)
            && Verify([.. signature.OfContent, .. signature.TrustedComment], signature.OfComment);
    }

    private static byte[] DigestOf(Stream content)
    {
        var blake = new Blake2bDigest(512);
        var buffer = new byte[BufferBytes];
        while (content.Read(buffer) is > 0 and var read)
        {
            blake.BlockUpdate(buffer, 0, read);
        }

        var digest = new byte[blake.GetDigestSize()];
        blake.DoFinal(digest, 0);
        return digest;
    }

    private static byte[]? ReadAll(Stream content)
    {
        using var all = new MemoryStream();
        var buffer = new byte[BufferBytes];
        while (content.Read(buffer) is > 0 and var read)
        {
            if (all.Length + read > MaxDirectBytes)
            {
                return null;
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private bool Verify(byte[] message, ReadOnlySpan<byte> signature)
    {
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, _key);
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature.ToArray());
    }
}
