using System.Globalization;
using System.Text.Json;
using Definitions.Signatures;
using Engine.Images;
using Updater.Store;

namespace Updater.Gates;

/// <summary>The files by which a compile request goes to a process of its own, and its report comes back.</summary>
internal static class CompileJson
{
    /// <summary>A request names files; a report lists findings, which the compiler bounds.</summary>
    private const int MaxBytes = 67_108_864;

    /// <summary>Progress is told in so many steps a stage.</summary>
    private const long Steps = 100;

    public static byte[] Write(CompileRequest request) => JsonText.Write(json =>
    {
        var input = request.Inputs.Single();
        json.WriteString("name", input.Package.Name);
        json.WriteString("version", input.Package.Version.ToString());
        json.WriteBoolean("official", input.IsOfficial);
        json.WriteBoolean("lenient", input.IsLenient);
        WriteTexts(json, "files", input.Files);
        json.WriteNumber("generation", request.GenerationNumber);
        json.WriteBoolean("unwanted", request.Unwanted.IsLoaded);
        WriteTexts(json, "included", request.Unwanted.Included);
        WriteTexts(json, "excluded", request.Unwanted.Excluded);
        json.WriteStartArray("ignored");
        foreach (var entry in request.IgnoredElsewhere)
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Name);
            json.WriteBase64String("md5", entry.LineMd5!.Value.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Null when the file is missing or malformed.</summary>
    /// <param name="progress">Told in steps of a hundredth of a stage.</param>
    public static CompileRequest? TryReadRequest(string path, Action<CompileProgress> progress)
    {
        var last = (Stage: default(CompileStage), Step: -1L);
        return JsonText.TryReadFile(path, MaxBytes) is not { } text ? null : JsonText.TryRead(text, root => new CompileRequest
        {
            Inputs =
            [
                new CompileInput(
                    JsonText.Package(root), root.GetProperty("official").GetBoolean(), root.GetProperty("lenient").GetBoolean(), Texts(root, "files")),
            ],
            GenerationNumber = root.GetProperty("generation").GetInt64(),
            Unwanted = root.GetProperty("unwanted").GetBoolean()
                ? UnwantedPolicy.Load(Texts(root, "included"), Texts(root, "excluded"))
                : UnwantedPolicy.NotLoaded,
            IgnoredElsewhere = [.. root.GetProperty("ignored").EnumerateArray().Select(entry => new IgnoreSignature
            {
                Name = entry.GetProperty("name").GetString() ?? "",
                Line = 0,
                LineMd5 = entry.GetProperty("md5").GetBytesFromBase64(),
            })],
            Progress = Tell,
        });

        void Tell(CompileProgress now)
        {
            var step = now.Done * Steps / Math.Max(1, now.Total);
            if ((now.Stage, step) != last)
            {
                last = (now.Stage, step);
                progress(now);
            }
        }
    }

    public static byte[] Write(CompileReport report) => JsonText.Write(json =>
    {
        json.WriteString("input", report.InputDigest.ToString());
        json.WriteString("image", report.ImageDigest.ToString());
        json.WriteNumber("bytes", report.ImageBytes);
        json.WriteNumber("lines", report.Lines);
        json.WriteNumber("skipped", report.Skipped);
        WriteCounts(json, "signatures", report.Signatures);
        WriteCounts(json, "accepted", report.AcceptedByExtension);
        json.WriteStartArray("leftOut");
        foreach (var left in report.LeftOut)
        {
            json.WriteStartObject();
            json.WriteString("file", left.File);
            json.WriteNumber("malformed", left.Malformed);
            WriteCounts(json, "skipped", left.Skipped);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAnchors(json, report.Anchors);
        json.WriteStartArray("diagnostics");
        foreach (var found in report.Diagnostics)
        {
            json.WriteStartObject();
            json.WriteString("code", found.Code);
            json.WriteNumber("severity", (int)found.Severity);
            json.WriteString("message", found.Message);
            json.WriteString("file", found.File);
            json.WriteNumber("line", found.Line);
            json.WriteNumber("column", found.Column);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Null when the file is missing or malformed.</summary>
    public static CompileReport? TryReadReport(string path) =>
        JsonText.TryReadFile(path, MaxBytes) is not { } text ? null : JsonText.TryRead(text, root => new CompileReport
        {
            InputDigest = JsonText.Digest(root, "input"),
            ImageDigest = JsonText.Digest(root, "image"),
            ImageBytes = root.GetProperty("bytes").GetInt64(),
            Lines = root.GetProperty("lines").GetInt64(),
            Skipped = root.GetProperty("skipped").GetInt64(),
            Signatures = Counts(root, "signatures"),
            AcceptedByExtension = Counts(root, "accepted"),
            LeftOut = [.. root.GetProperty("leftOut").EnumerateArray().Select(left => new LeftOutLines(
                left.GetProperty("file").GetString() ?? "", left.GetProperty("malformed").GetInt64(), Counts(left, "skipped")))],
            Anchors = ReadAnchors(root),
            Diagnostics = [.. root.GetProperty("diagnostics").EnumerateArray().Select(found => new Diagnostic(
                found.GetProperty("code").GetString() ?? "",
                (DiagnosticSeverity)found.GetProperty("severity").GetInt32(),
                found.GetProperty("message").GetString() ?? "",
                found.GetProperty("file").GetString() ?? "",
                found.GetProperty("line").GetInt32(),
                found.GetProperty("column").GetInt32()))],
        });

    private static void WriteAnchors(Utf8JsonWriter json, AnchorReport anchors)
    {
        json.WriteNumber("weak", anchors.WeakSignatures);
        WriteCounts(json, "always", anchors.AlwaysEvaluated.Select(
            target => KeyValuePair.Create(target.Key.ToString(CultureInfo.InvariantCulture), target.Value)));
        json.WriteStartArray("hottest");
        foreach (var hot in anchors.Hottest)
        {
            json.WriteStartObject();
            json.WriteString("window", hot.Window);
            json.WriteNumber("hits", hot.BenignHits);
            json.WriteNumber("bodies", hot.Bodies);
            json.WriteString("signature", hot.Signature);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static AnchorReport ReadAnchors(JsonElement root) => new()
    {
        WeakSignatures = root.GetProperty("weak").GetInt64(),
        AlwaysEvaluated = Counts(root, "always").ToDictionary(target => int.Parse(target.Key, CultureInfo.InvariantCulture), target => target.Value),
        Hottest = [.. root.GetProperty("hottest").EnumerateArray().Select(hot => new HotAnchor(
            hot.GetProperty("window").GetString() ?? "",
            hot.GetProperty("hits").GetDouble(),
            hot.GetProperty("bodies").GetInt64(),
            hot.GetProperty("signature").GetString() ?? ""))],
    };

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts)
        {
            json.WriteNumber(key, count);
        }

        json.WriteEndObject();
    }

    private static List<string> Texts(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? "")];

    private static SortedDictionary<string, long> Counts(JsonElement root, string name)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var member in root.GetProperty(name).EnumerateObject())
        {
            counts[member.Name] = member.Value.GetInt64();
        }

        return counts;
    }
}
