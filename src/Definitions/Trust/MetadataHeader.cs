using System.Globalization;
using System.Text.Json;

namespace Definitions.Trust;

/// <summary>The members that every role's <c>signed</c> object has (tuf-client.md §2.4).</summary>
/// <param name="Version">1 to <see cref="TrustLimits.MaxVersion"/>.</param>
/// <param name="Expires">UTC, whole seconds.</param>
public readonly record struct MetadataHeader(long Version, DateTimeOffset Expires)
{
    /// <summary>Expired means at or after <see cref="Expires"/>.</summary>
    public bool IsExpiredAt(DateTimeOffset now) => Expires <= now;

    /// <summary>Checks the type alone: the one thing looked at before the signatures.</summary>
    /// <exception cref="RefusedException">The file is another role's, even if validly signed.</exception>
    internal static void DemandType(JsonElement content, string type)
    {
        var actual = MetadataJson.Text(content, "_type");
        if (actual != type)
        {
            throw MetadataJson.Malformed($"The file's type is not '{type}'.");
        }
    }

    /// <exception cref="RefusedException">A member is missing, or breaks its form.</exception>
    internal static MetadataHeader Read(JsonElement content, string type)
    {
        DemandType(content, type);
        if (!IsSpecificationOne(MetadataJson.Text(content, "spec_version")))
        {
            throw MetadataJson.Malformed("'spec_version' is not 1.x.");
        }

        var version = MetadataJson.Integer(content, "version", 1, TrustLimits.MaxVersion);
        return DateTimeOffset.TryParseExact(
            MetadataJson.Text(content, "expires"),
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var expires)
                ? new MetadataHeader(version, expires)
                : throw MetadataJson.Malformed("'expires' is not YYYY-MM-DDTHH:MM:SSZ.");
    }

    /// <summary><c>1.0</c>, as real roots have it, and <c>1.0.34</c>.</summary>
    private static bool IsSpecificationOne(string text)
    {
        var parts = text.Split('.', 4);
        return parts.Length is 2 or 3
            && parts[0] == "1"
            && parts.All(part => part.Length is > 0 and < 6 && part.All(char.IsAsciiDigit));
    }
}
