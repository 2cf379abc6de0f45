using System.Globalization;
using System.Text;
using Definitions.Formats.ClamAv.Containers;

namespace Testing.ClamAv;

/// <summary>What tests lay beside a publisher's databases.</summary>
public static class PublisherFiles
{
    /// <summary>The keys in the form of the option <c>publicKeys</c>.</summary>
    public static string KeysJson(this ClamAvPublisher publisher)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        return $"{{ \"header\": {Key(publisher.Keys.Header)}, \"index\": {Key(publisher.Keys.Index)}, \"patch\": {Key(publisher.Keys.Patch)} }}";
    }

    /// <summary>A release with one body signature for each text; its name is <c>Test.TEXT</c>.</summary>
    public static ClamAvRelease Release(string database, long version, params string[] texts) => new(
        database,
        version,
        (database + ".ndb", Encoding.ASCII.GetBytes(string.Concat(texts.Select(text =>
            $"Test.{text}:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text))}\n")))));

    private static string Key(ClamAvKey key) => string.Create(
        CultureInfo.InvariantCulture, $"{{ \"n\": \"{key.Modulus.ToString("x", CultureInfo.InvariantCulture)}\", \"e\": {key.Exponent} }}");
}
