using System.Text.Json;

namespace Definitions.Trust;

/// <summary>Reads members of signed objects; anything missing or of another kind is one refusal, never a crash.</summary>
internal static class MetadataJson
{
    public static JsonElement Object(JsonElement parent, string name) => Member(parent, name, JsonValueKind.Object);

    public static string Text(JsonElement parent, string name) => Member(parent, name, JsonValueKind.String).GetString()!;

    /// <summary>An integer of <paramref name="min"/> to <paramref name="max"/>; floats and exponents are refused.</summary>
    public static long Integer(JsonElement parent, string name, long min, long max) =>
        Member(parent, name, JsonValueKind.Number).TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Malformed($"'{name}' is not an integer of {min} to {max}.");

    public static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind == kind
            ? member
            : throw Malformed($"'{name}' is missing or not {kind}.");

    /// <summary>An optional member; null when it is missing.</summary>
    /// <exception cref="RefusedException">It is there, but of another kind.</exception>
    public static JsonElement? Optional(JsonElement parent, string name, JsonValueKind kind) =>
        !parent.TryGetProperty(name, out var member) ? null
        : member.ValueKind == kind ? member
        : throw Malformed($"'{name}' is not {kind}.");

    public static RefusedException Malformed(string message) => new(RefusalReason.MetadataMalformed, message);
}
