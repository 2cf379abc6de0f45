using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Definitions;

namespace Updater.Store;

/// <summary>The small JSON files of the store: one way to write them, and one way to read what may be damaged.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>One object, indented, ended by a line feed.</summary>
    [SuppressMessage("Design", "MA0045", Justification = "In memory: nothing to wait for.")]
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Null when the text is no JSON object, or a member is missing or has a wrong form.</summary>
    public static T? TryRead<T>(byte[] text, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a file of at most <paramref name="maxBytes"/>; null when it is missing, longer or unreadable.</summary>
    [SuppressMessage("Design", "MA0045", Justification = "A file of some kilobytes, read where nobody waits.")]
    public static byte[]? TryReadFile(string path, int maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (file.Length > maxBytes)
            {
                return null;
            }

            var text = new byte[file.Length];
            file.ReadExactly(text);
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static Digest Digest(JsonElement parent, string name) =>
        Definitions.Digest.TryParse(parent.GetProperty(name).GetString(), out var digest)
            ? digest
            : throw new FormatException($"'{name}' is not a SHA-256 digest.");

    public static DefinitionsVersion Version(JsonElement parent, string name) =>
        DefinitionsVersion.Parse(parent.GetProperty(name).GetString() ?? "");

    /// <summary>From the members <c>name</c> and <c>version</c>.</summary>
    public static PackageId Package(JsonElement parent) =>
        new(parent.GetProperty("name").GetString() ?? "", Version(parent, "version"));
}
