using System.Text.Json;

namespace Definitions.Trust;

/// <summary>
/// A public key of a root or a delegation that can be used: known type and scheme, readable public value, and an id
/// that fits (tuf-client.md §2.3). Immutable, thread-safe.
/// </summary>
public sealed class TrustKey
{
    private readonly byte[] _publicKey;

    private TrustKey(string id, KeyScheme scheme, byte[] publicKey)
    {
        Id = id;
        Scheme = scheme;
        _publicKey = publicKey;
        Fingerprint = Digest.Of(publicKey);
    }

    /// <summary>Lower-case hex SHA-256 of the canonical JSON of the key object.</summary>
    public string Id { get; }

    public KeyScheme Scheme { get; }

    /// <summary>
    /// Of the public value in its normal form. One key written twice has two ids but one fingerprint, so thresholds
    /// count this (GHSA-3633-5h82-39pq).
    /// </summary>
    public Digest Fingerprint { get; }

    /// <summary>The id of a key object, extra members included.</summary>
    /// <exception cref="RefusedException">The object has no canonical form.</exception>
    public static string IdOf(JsonElement key) => Digest.Of(CanonicalJson.Encode(key)).ToString();

    /// <summary>
    /// Reads a key object. A key that cannot be used is ignored, it does not make its file invalid: other clients may
    /// know its scheme.
    /// </summary>
    /// <returns>Null when the key cannot be used: unknown type or scheme, unreadable value, or another id.</returns>
    public static TrustKey? Read(string id, JsonElement key)
    {
        if (Text(key, "keytype") is not { } type
            || Text(key, "scheme") is not { } schemeName
            || SchemeOf(type, schemeName) is not { } scheme
            || !key.TryGetProperty("keyval", out var keyValue)
            || Text(keyValue, "public") is not { } publicValue
            || !HasId(key, id)
            || PublicKeys.Normalise(scheme, publicValue) is not { } publicKey)
        {
            return null;
        }

        return new TrustKey(id, scheme, publicKey);
    }

    /// <summary>True when the signature is this key's over exactly these bytes; never throws for garbage.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        !signature.IsEmpty && PublicKeys.Verify(Scheme, _publicKey, message, signature);

    /// <summary>Type and scheme must fit together; <c>ecdsa-sha2-nistp256</c> is the old name of the type.</summary>
    private static KeyScheme? SchemeOf(string type, string scheme) => (type, scheme) switch
    {
        ("ed25519", "ed25519") => KeyScheme.Ed25519,
        ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => KeyScheme.EcdsaP256,
        ("rsa", "rsassa-pss-sha256") => KeyScheme.RsaPssSha256,
        _ => null,
    };

    private static bool HasId(JsonElement key, string id)
    {
        try
        {
            // keyid_hash_algorithms is not interpreted: it was dropped from the specification (tuf-client.md §2.3).
            return IdOf(key) == id;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
}
