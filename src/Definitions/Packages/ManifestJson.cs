using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Definitions.Packages;

/// <summary>
/// <c>manifest.json</c> as bytes. Members that are not known are skipped, so later versions may add some; those that are
/// known must be there, have the right kind and lie in their range (docs/adr/0002).
/// </summary>
public static class ManifestJson
{
    /// <summary>The <c>format</c> member: the layout of the manifest and of the archive around it.</summary>
    public const int Format = 1;

    public const string SignaturesKind = "signatures";

    /// <summary>Indented, members in fixed order, line feeds: the same manifest gives the same bytes everywhere.</summary>
    public static byte[] Write(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        using var bytes = new MemoryStream();

        // The relaxed encoder leaves the plus signs of base64 and versions alone; the bytes never stand inside HTML.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("name", manifest.Id.Name);
            json.WriteString("version", manifest.Id.Version.ToString());
            json.WriteNumber("sequence", manifest.Sequence);
            json.WriteString("kind", manifest.Kind);
            json.WriteString("minimumEngine", manifest.MinimumEngine.ToString());
            json.WriteNumber("packedBytes", manifest.PackedBytes);
            json.WriteNumber("unpackedBytes", manifest.UnpackedBytes);
            WriteFiles(json, manifest.Files);
            WriteCounts(json, manifest.SignatureCounts);
            WriteProbes(json, manifest.Probes);
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteFiles(Utf8JsonWriter json, IReadOnlyList<ManifestFile> files)
    {
        json.WriteStartArray("files");
        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("size", file.Size);
            json.WriteString("sha256", file.Sha256.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject("signatureCounts");
        foreach (var (extension, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(extension, count);
        }

        json.WriteEndObject();
    }

    private static void WriteProbes(Utf8JsonWriter json, IReadOnlyList<DetectionProbe> probes)
    {
        json.WriteStartArray("probes");
        foreach (var probe in probes)
        {
            json.WriteStartObject();
            json.WriteString("name", probe.Name);
            json.WriteString("signature", probe.Signature);
            json.WriteBase64String("content", probe.Content.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads a manifest and checks every field and their sums.</summary>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.ManifestMalformed"/>: schema. <see cref="RefusalReason.PackageLimit"/>: more files, bytes or
    /// probes than allowed. <see cref="RefusalReason.PathUnsafe"/>: a file name that is not allowed.
    /// </exception>
    public static Manifest Read(ReadOnlyMemory<byte> json, PackageLimits? limits = null)
    {
        limits ??= PackageLimits.Default;
        if (json.Length > limits.MaxManifestBytes)
        {
            throw ManifestFields.Malformed(string.Create(
                CultureInfo.InvariantCulture, $"it has {json.Length} bytes; {limits.MaxManifestBytes} are allowed"));
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                MaxDepth = 16,
                AllowDuplicateProperties = false,
            });
            return ManifestFields.Read(document.RootElement, limits);
        }
        catch (JsonException e)
        {
            throw new RefusedException(RefusalReason.ManifestMalformed, "manifest.json is not JSON.", e);
        }
        catch (InvalidOperationException e)
        {
            // A string that is no Unicode text (lone surrogate, bad UTF-8) is found only when it is read.
            throw new RefusedException(RefusalReason.ManifestMalformed, "manifest.json holds a string that is no text.", e);
        }
    }
}
