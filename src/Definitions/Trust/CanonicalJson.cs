using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Definitions.Trust;

/// <summary>
/// Bounded reading of signed JSON, and the OLPC canonical form that signatures and key ids are computed over
/// (tuf-client.md §2.2). Not RFC 8785: control characters stay raw, and numbers are integers only.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Nesting that is read; real metadata stays below 10 (tuf-client.md §4).</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions StrictOptions = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads one JSON document of strict UTF-8 without duplicate members, comments or trailing commas.</summary>
    /// <param name="utf8">Must not change while the document lives: the tree refers to it.</param>
    /// <param name="maxBytes">Longer input is refused before it is looked at.</param>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.MetadataTooLarge"/>: longer than <paramref name="maxBytes"/> or deeper than
    /// <see cref="MaxDepth"/>; <see cref="RefusalReason.MetadataMalformed"/>: anything else.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes)
        {
            throw new RefusedException(
                RefusalReason.MetadataTooLarge, $"The metadata has {utf8.Length} bytes, {maxBytes} are allowed.");
        }

        try
        {
            CheckText(utf8.Span);
            return JsonDocument.Parse(utf8, StrictOptions);
        }
        catch (JsonException e)
        {
            // Not the parser's words: they quote the content.
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            throw new RefusedException(RefusalReason.MetadataMalformed, $"The metadata is not strict JSON{place}.", e);
        }
    }

    /// <summary>The canonical bytes of a value.</summary>
    /// <exception cref="RefusedException">
    /// A number that is not an integer, text that is no Unicode, or nesting beyond <see cref="MaxDepth"/>.
    /// </exception>
    public static byte[] Encode(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(value, output, depth: 0);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// What <see cref="JsonDocument"/> leaves unchecked: bytes that are no UTF-8, and escapes that are half a surrogate
    /// pair. Both would throw only later, when the text is read. Depth is told apart from other damage here too.
    /// </summary>
    private static void CheckText(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw Malformed("The metadata is not UTF-8.");
        }

        // One level more than allowed, so that the reader itself does not stop at the level to be told.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        while (reader.Read())
        {
            if (reader.CurrentDepth >= MaxDepth && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                throw new RefusedException(
                    RefusalReason.MetadataTooLarge, $"The metadata is nested deeper than {MaxDepth} levels.");
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                CheckEscapes(ref reader);
            }
        }
    }

    private static void CheckEscapes(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new RefusedException(RefusalReason.MetadataMalformed, "An escape is half a surrogate pair.", e);
        }
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < MaxDepth:
                WriteObject(value, output, depth + 1);
                break;
            case JsonValueKind.Array when depth < MaxDepth:
                WriteArray(value, output, depth + 1);
                break;
            case JsonValueKind.Object or JsonValueKind.Array:
                throw new RefusedException(
                    RefusalReason.MetadataTooLarge, $"The metadata is nested deeper than {MaxDepth} levels.");
            case JsonValueKind.String:
                WriteString(Utf8Of(value.GetString()!), output);
                break;
            case JsonValueKind.Number:
                WriteInteger(JsonMarshal.GetRawUtf8Value(value), output);
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            case JsonValueKind.Undefined:
            default:
                throw new ArgumentException("The element holds no value.", nameof(value));
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output, int depth)
    {
        var members = new List<(byte[] Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add((Utf8Of(member.Name), member.Value));
        }

        // Order of code points is order of UTF-8 bytes. Ordinal comparison of .NET strings is not: it puts U+10000
        // and above, written as surrogates, before U+E000 to U+FFFF.
        members.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            WriteString(members[i].Name, output);
            output.Write(":"u8);
            Write(members[i].Value, output, depth);
        }

        output.Write("}"u8);
    }

    private static void WriteArray(JsonElement value, ArrayBufferWriter<byte> output, int depth)
    {
        output.Write("["u8);
        var isFirst = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!isFirst)
            {
                output.Write(","u8);
            }

            isFirst = false;
            Write(item, output, depth);
        }

        output.Write("]"u8);
    }

    /// <summary>Only the quote and the backslash are escaped; a newline of a PEM key stays a newline.</summary>
    private static void WriteString(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (utf8.IndexOfAny((byte)'"', (byte)'\\') is var at and >= 0)
        {
            output.Write(utf8[..at]);
            output.Write("\\"u8);
            output.Write(utf8.Slice(at, 1));
            utf8 = utf8[(at + 1)..];
        }

        output.Write(utf8);
        output.Write("\""u8);
    }

    /// <summary>JSON allows no leading zeros, so an integer's text is already the shortest, but for <c>-0</c>.</summary>
    private static void WriteInteger(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        if (text.ContainsAny((byte)'.', (byte)'e', (byte)'E'))
        {
            throw Malformed("Signed metadata holds a number that is not an integer.");
        }

        output.Write(text.SequenceEqual("-0"u8) ? "0"u8 : text);
    }

    private static byte[] Utf8Of(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new RefusedException(RefusalReason.MetadataMalformed, "Text holds half a surrogate pair.", e);
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static RefusedException Malformed(string message) => new(RefusalReason.MetadataMalformed, message);
}
