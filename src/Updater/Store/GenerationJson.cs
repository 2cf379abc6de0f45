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

    private const int Format = 2;

    public static byte[] Write(GenerationRecord generation) => JsonText.Write(json =>
    {
        json.WriteNumber("format", Format);
        json.WriteNumber("number", generation.Id.Number);
        json.WriteString("digest", generation.Id.Digest.ToString());
        json.WriteString("version", generation.Version.ToString());
        json.WriteString("engine", generation.Format.ToString());
        json.WriteString("created", generation.Created);
        if (generation.Previous is { } previous)
        {
            json.WriteNumber("previous", previous);
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
        json.WriteStartArray("images");
        foreach (var image in generation.Images)
        {
            WriteImage(json, image);
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
        var images = root.GetProperty("images").EnumerateArray().Select(ReadImage).ToList();
        var isWhole = packages.Count > 0 && packages.Select(package => package.Id.Name).SequenceEqual(images.Select(image => image.Package), StringComparer.Ordinal);
        return !isWhole ? null : new GenerationRecord
        {
            Id = new GenerationId(root.GetProperty("number").GetInt64(), JsonText.Digest(root, "digest")),
            Version = JsonText.Version(root, "version"),
            Images = images,
            Format = JsonText.Digest(root, "engine"),
            Created = root.GetProperty("created").GetDateTimeOffset(),
            Previous = root.TryGetProperty("previous", out var previous) ? previous.GetInt64() : null,
            Unwanted = root.TryGetProperty("unwanted", out var unwanted) ? unwanted.GetString() : null,
            Packages = packages,
        };
    });

    private static void WriteImage(Utf8JsonWriter json, GenerationImage image)
    {
        json.WriteStartObject();
        json.WriteString("package", image.Package);
        json.WriteString("digest", image.Digest.ToString());
        json.WriteNumber("bytes", image.Bytes);
        json.WriteString("key", image.Key.ToString());
        if (image.LeftOut is { } leftOut)
        {
            json.WriteString("leftOut", leftOut);
        }

        json.WriteEndObject();
    }

    private static GenerationImage ReadImage(JsonElement image) => new(
        image.GetProperty("package").GetString() ?? throw new FormatException("'package' is null."),
        JsonText.Digest(image, "digest"),
        image.GetProperty("bytes").GetInt64(),
        JsonText.Digest(image, "key"),
        image.TryGetProperty("leftOut", out var leftOut) ? leftOut.GetString() : null);

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
