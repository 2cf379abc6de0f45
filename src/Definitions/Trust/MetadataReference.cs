using System.Text.Json;

namespace Definitions.Trust;

/// <summary>What one metadata file says of another: <c>{version, length?, hashes?}</c> (tuf-client.md §2.6, §2.7).</summary>
public sealed class MetadataReference
{
    private MetadataReference(long version, long? length, ContentHashes? hashes)
    {
        Version = version;
        Length = length;
        Hashes = hashes;
    }

    public long Version { get; }

    /// <summary>Exact bytes; null = not listed.</summary>
    public long? Length { get; }

    /// <summary>Null = not listed.</summary>
    public ContentHashes? Hashes { get; }

    /// <summary>The most bytes to read: the listed length, else the role's own limit.</summary>
    /// <exception cref="RefusedException">The listed length is above <see cref="TrustLimits.MaxListedMetadataBytes"/>.</exception>
    public int MaxBytes(int roleLimit) => Length switch
    {
        null => roleLimit,
        <= TrustLimits.MaxListedMetadataBytes => (int)Length.Value,
        _ => throw new RefusedException(
            RefusalReason.MetadataTooLarge,
            $"A metadata file of {Length} bytes is listed; {TrustLimits.MaxListedMetadataBytes} are allowed."),
    };

    internal static MetadataReference Read(JsonElement entry)
    {
        var version = MetadataJson.Integer(entry, "version", 1, TrustLimits.MaxVersion);
        var hashes = MetadataJson.Optional(entry, "hashes", JsonValueKind.Object);
        long? length = MetadataJson.Optional(entry, "length", JsonValueKind.Number) is null
            ? null
            : MetadataJson.Integer(entry, "length", 0, long.MaxValue);
        return new MetadataReference(version, length, hashes is null ? null : ContentHashes.Read(hashes.Value));
    }

    /// <exception cref="RefusedException"><see cref="RefusalReason.MetadataMismatch"/>: these are other bytes.</exception>
    internal void DemandContent(ReadOnlySpan<byte> bytes, string role)
    {
        if (Length is { } length && bytes.Length != length)
        {
            throw Mismatch($"{role} has {bytes.Length} bytes, {length} are listed.");
        }

        if (Hashes is not null && !Hashes.Fit(bytes))
        {
            throw Mismatch($"{role} has another hash than the listed one.");
        }
    }

    /// <exception cref="RefusedException"><see cref="RefusalReason.MetadataMismatch"/>: another version.</exception>
    internal void DemandVersion(long version, string role)
    {
        if (version != Version)
        {
            throw Mismatch($"{role} has version {version}, {Version} is listed.");
        }
    }

    private static RefusedException Mismatch(string message) => new(RefusalReason.MetadataMismatch, message);
}
