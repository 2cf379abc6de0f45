using System.Text.Json;
using Definitions;

namespace Updater.Store;

/// <summary>
/// <c>generation.json</c>. Written by this program only, yet read as if by nobody: bounded, every field checked, so
/// that a damaged file means "this generation is not there" and never a half-read one.
/// </summary>
internal static class GenerationJson
{
    /// <summary>One mebibyte holds some thousand packages.</summary>
    public const int MaxBytes = 1_048_576;

    private const int Format = 1;

    public static byte[] Write(GenerationRecord generation) => JsonText.Write(json =>
    {
        json.WriteNumber("format", Format);
        json.WriteNumber("number", generation.Id.Number);
        json.WriteString("digest", generation.Id.Digest.ToString());
        json.WriteString("version", generation.Version.ToString());
        json.WriteString("image", generation.ImageDigest.ToString());
        json.WriteNumber("imageBytes", generation.ImageBytes);
        json.WriteString("created", generation.Created);
        if (generation.Previous is { } previous)
        {
            json.WriteNumber("previous", previous);
        }

        if (generation.LeftOut is { } leftOut)
        {
            json.WriteString("leftOut", leftOut);
        }

        if (generation.Unwanted is { } unwanted)
        {
            json.WriteString("unwanted", unwanted);
        }

        json.WriteStartArray("packages");
        foreach (var package in generation.Packages)
        {
            json.WriteStartObject();
            WritePackage(json, package);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Null when the text is not a generation of a format that this program knows.</summary>
    public static GenerationRecord? TryRead(byte[] text) => JsonText.TryRead(text, root =>
    {
        if (root.GetProperty("format").GetInt32() != Format)
        {
            return null;
        }

        var packages = root.GetProperty("packages").EnumerateArray().Select(ReadPackage).ToList();
        return packages.Count == 0 ? null : new GenerationRecord
        {
            Id = new GenerationId(root.GetProperty("number").GetInt64(), JsonText.Digest(root, "digest")),
            Version = JsonText.Version(root, "version"),
            ImageDigest = JsonText.Digest(root, "image"),
            ImageBytes = root.GetProperty("imageBytes").GetInt64(),
            Created = root.GetProperty("created").GetDateTimeOffset(),
            Previous = root.TryGetProperty("previous", out var previous) ? previous.GetInt64() : null,
            LeftOut = root.TryGetProperty("leftOut", out var leftOut) ? leftOut.GetString() : null,
            Unwanted = root.TryGetProperty("unwanted", out var unwanted) ? unwanted.GetString() : null,
            Packages = packages,
        };
    });

    /// <summary>The members of one package, inside an object that the caller opened.</summary>
    public static void WritePackage(Utf8JsonWriter json, GenerationPackage package)
    {
        json.WriteString("name", package.Id.Name);
        json.WriteString("version", package.Id.Version.ToString());
        json.WriteNumber("sequence", package.Sequence);
        json.WriteString("archive", package.Archive.ToString());
        json.WriteString("source", package.Source);
        json.WriteNumber("signatures", package.Signatures);
        json.WriteBoolean("official", package.IsOfficial);
    }

    /// <exception cref="FormatException">A member has a wrong form.</exception>
    public static GenerationPackage ReadPackage(JsonElement package) => new(
        JsonText.Package(package),
        package.GetProperty("sequence").GetInt64(),
        JsonText.Digest(package, "archive"),
        package.GetProperty("source").GetString() ?? throw new FormatException("'source' is null."),
        package.GetProperty("signatures").GetInt64(),
        package.GetProperty("official").GetBoolean());
}
