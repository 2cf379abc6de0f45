using Definitions.Packages;
using Updater.Store;

namespace Updater.Gates;

/// <summary>The file that carries the probes of all packages to the throw-away process.</summary>
internal static class ProbeList
{
    /// <summary>Room for the probes of a dozen packages at their limits.</summary>
    private const int MaxBytes = 268_435_456;

    public static byte[] Write(IEnumerable<DetectionProbe> probes) => JsonText.Write(json =>
    {
        json.WriteStartArray("probes");
        foreach (var probe in probes)
        {
            json.WriteStartObject();
            json.WriteString("name", probe.Name);
            json.WriteBase64String("content", probe.Content.Span);
            json.WriteString("signature", probe.Signature);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Null when the file is missing or malformed.</summary>
    public static IReadOnlyList<DetectionProbe>? TryRead(string path)
    {
        var text = JsonText.TryReadFile(path, MaxBytes);
        return text is null ? null : JsonText.TryRead(text, root => root.GetProperty("probes").EnumerateArray()
            .Select(probe => new DetectionProbe(
                probe.GetProperty("name").GetString() ?? "",
                probe.GetProperty("content").GetBytesFromBase64(),
                probe.GetProperty("signature").GetString() ?? ""))
            .ToList());
    }
}
