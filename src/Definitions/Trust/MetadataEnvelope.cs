using System.Text.Json;

namespace Definitions.Trust;

/// <summary>
/// A metadata file split into what was signed and who signed (tuf-client.md §2.1). Reading it checks form only; trust
/// begins with <see cref="RoleKeys.Demand"/>.
/// </summary>
public sealed class MetadataEnvelope
{
    private MetadataEnvelope(ReadOnlyMemory<byte> bytes, JsonElement signed, IReadOnlyList<MetadataSignature> signatures)
    {
        Bytes = bytes;
        Content = signed;
        SignedBytes = CanonicalJson.Encode(signed);
        Signatures = signatures;
    }

    /// <summary>The file as received; what is stored and hashed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The <c>signed</c> object with every unknown member.</summary>
    public JsonElement Content { get; }

    /// <summary>Canonical bytes of <see cref="Content"/>: the signatures' message.</summary>
    public ReadOnlyMemory<byte> SignedBytes { get; }

    /// <summary>Distinct by key id, at most <see cref="TrustLimits.MaxSignatures"/>.</summary>
    public IReadOnlyList<MetadataSignature> Signatures { get; }

    /// <param name="bytes">The file; copied, so the caller may reuse its buffer.</param>
    /// <param name="maxBytes">Longer input is refused.</param>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.MetadataMalformed"/> or <see cref="RefusalReason.MetadataTooLarge"/>.
    /// </exception>
    public static MetadataEnvelope Parse(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        if (bytes.Length > maxBytes)
        {
            throw new RefusedException(
                RefusalReason.MetadataTooLarge, $"The metadata has {bytes.Length} bytes, {maxBytes} are allowed.");
        }

        byte[] copy = [.. bytes];
        using var document = CanonicalJson.Parse(copy, maxBytes);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("signed", out var signed)
            || signed.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("signatures", out var signatures)
            || signatures.ValueKind != JsonValueKind.Array)
        {
            throw Malformed("A metadata file is an object with 'signed' and 'signatures'.");
        }

        return new MetadataEnvelope(copy, signed.Clone(), ReadSignatures(signatures));
    }

    private static List<MetadataSignature> ReadSignatures(JsonElement signatures)
    {
        if (signatures.GetArrayLength() > TrustLimits.MaxSignatures)
        {
            throw new RefusedException(
                RefusalReason.MetadataTooLarge, $"More than {TrustLimits.MaxSignatures} signatures in one file.");
        }

        var result = new List<MetadataSignature>(signatures.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in signatures.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty("keyid", out var keyId) || keyId.ValueKind != JsonValueKind.String
                || !entry.TryGetProperty("sig", out var value) || value.ValueKind != JsonValueKind.String)
            {
                throw Malformed("An entry of 'signatures' has no 'keyid' or no 'sig' text.");
            }

            // Even when the threshold is met without it (tuf-client.md §2.1).
            if (!seen.Add(keyId.GetString()!))
            {
                throw Malformed("A key id is repeated in 'signatures'.");
            }

            result.Add(new MetadataSignature(keyId.GetString()!, HexOrEmpty(value.GetString()!)));
        }

        return result;
    }

    private static byte[] HexOrEmpty(string text)
    {
        var bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == bytes.Length && text.Length % 2 == 0
                ? bytes
                : [];
    }

    private static RefusedException Malformed(string message) => new(RefusalReason.MetadataMalformed, message);
}
