namespace Definitions.Trust;

/// <summary>One entry of <c>signatures</c>: who claims to have signed, and the bytes. Proves nothing by itself.</summary>
/// <param name="keyId">As in the file.</param>
/// <param name="value">
/// Empty when the file's text was empty or no hex: real roots have such entries; they do not count and do not spoil the
/// file (tuf-client.md §2.1).
/// </param>
public sealed class MetadataSignature(string keyId, ReadOnlyMemory<byte> value)
{
    public string KeyId { get; } = keyId;

    public ReadOnlyMemory<byte> Value { get; } = value;
}
