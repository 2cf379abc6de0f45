using System.Security.Cryptography;
using System.Text.Json;

namespace Definitions.Trust;

/// <summary>
/// The hashes listed for a file. Every supported one must fit and at least one supported one must be listed; others
/// are ignored (tuf-client.md §2.8). Immutable.
/// </summary>
public sealed class ContentHashes
{
    private readonly byte[]? _sha512;

    private ContentHashes(Digest? sha256, byte[]? sha512)
    {
        Sha256 = sha256;
        _sha512 = sha512;
    }

    public Digest? Sha256 { get; }

    public bool HasSha512 => _sha512 is not null;

    /// <summary>Lower-case hex of one listed hash, SHA-256 if there is one: the prefix of consistent snapshots.</summary>
    public string Prefix => Sha256?.ToString() ?? Convert.ToHexStringLower(_sha512!);

    /// <exception cref="RefusedException">No supported algorithm, or a value that is not a hash.</exception>
    internal static ContentHashes Read(JsonElement hashes)
    {
        Digest? sha256 = null;
        byte[]? sha512 = null;
        foreach (var hash in hashes.EnumerateObject())
        {
            if (hash.Value.ValueKind != JsonValueKind.String)
            {
                throw MetadataJson.Malformed("A hash is not text.");
            }

            if (hash.NameEquals("sha256"u8))
            {
                sha256 = Digest.TryParse(hash.Value.GetString(), out var digest)
                    ? digest
                    : throw MetadataJson.Malformed("A 'sha256' is not 64 hex digits.");
            }
            else if (hash.NameEquals("sha512"u8))
            {
                sha512 = ReadSha512(hash.Value.GetString()!);
            }
        }

        return sha256 is null && sha512 is null
            ? throw MetadataJson.Malformed("No listed hash is of a supported algorithm.")
            : new ContentHashes(sha256, sha512);
    }

    /// <summary>True when every supported listed hash is that of the content.</summary>
    public bool Fit(ReadOnlySpan<byte> content) =>
        (Sha256 is not { } sha256 || sha256 == Digest.Of(content))
        && (_sha512 is null || _sha512.AsSpan().SequenceEqual(SHA512.HashData(content)));

    /// <summary>As above for content that was hashed while it streamed by.</summary>
    /// <param name="sha512">Only looked at when <see cref="HasSha512"/>.</param>
    public bool Fit(Digest sha256, ReadOnlySpan<byte> sha512) =>
        (Sha256 is not { } expected || expected == sha256)
        && (_sha512 is null || _sha512.AsSpan().SequenceEqual(sha512));

    private static byte[] ReadSha512(string hex)
    {
        var bytes = new byte[SHA512.HashSizeInBytes];
        return hex.Length == 2 * bytes.Length
            && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done
                ? bytes
                : throw MetadataJson.Malformed("A 'sha512' is not 128 hex digits.");
    }
}
