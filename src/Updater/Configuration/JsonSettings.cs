using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Updater.Configuration;

/// <summary>
/// Reads a configuration file into raw values with line numbers. Comments and trailing commas are allowed; a key that
/// appears twice is a mistake, because one of the two would be lost in silence (M-004).
/// </summary>
internal sealed class JsonSettings
{
    /// <summary>Longest file: far above any real one, and it is read whole.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxDepth = 12;

    private readonly byte[] _json;
    private readonly string _file;
    private readonly List<string> _path = [];

    private JsonSettings(byte[] json, string file)
    {
        _json = json;
        _file = file;
    }

    public List<RawValue> Values { get; } = [];

    public List<ConfigurationProblem> Problems { get; } = [];

    /// <summary>Never throws for content: what is wrong is in <see cref="Problems"/>.</summary>
    public static JsonSettings Read(byte[] json, string file)
    {
        var settings = new JsonSettings(json, file);
        var start = json.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(
            json.AsSpan(start),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                settings.ReadObject(ref reader);
                reader.Read();
            }
            else
            {
                settings.Add("", "the file has to hold one JSON object", settings.At(ref reader));
            }
        }
        catch (JsonException e)
        {
            var line = (e.LineNumber ?? 0) + 1;
            settings.Problems.Add(new ConfigurationProblem(
                "", null, $"not valid JSON at column {(e.BytePositionInLine ?? 0) + 1}", settings.OriginAt(line)));
        }

        return settings;
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            _path.Add(name);
            if (!names.Add(name))
            {
                Add(SettingPath.Display(_path), "appears twice; keep one", At(ref reader));
            }

            reader.Read();
            ReadValue(ref reader);
            _path.RemoveAt(_path.Count - 1);
        }

        if (names.Count == 0 && _path.Count > 0)
        {
            Put(RawForm.EmptySection, "{}", At(ref reader));
        }
    }

    private void ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                ReadArray(ref reader);
                break;
            default:
                Put(FormOf(reader.TokenType), TextOf(ref reader), At(ref reader));
                break;
        }
    }

    private void ReadArray(ref Utf8JsonReader reader)
    {
        var origin = At(ref reader);
        var items = new List<string>();
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                items.Add(reader.GetString()!);
                continue;
            }

            _path.Add(index++.ToString(CultureInfo.InvariantCulture));
            ReadValue(ref reader);
            _path.RemoveAt(_path.Count - 1);
        }

        if (index == 0)
        {
            Put(RawForm.List, string.Join(",", items), origin);
        }
        else if (items.Count > 0)
        {
            Add(SettingPath.Display(_path), "mixes texts with other values", origin);
        }
    }

    private void Put(RawForm form, string text, OptionsOrigin origin) =>
        Values.Add(new RawValue([.. _path], form, text, origin));

    private void Add(string path, string expected, OptionsOrigin origin) =>
        Problems.Add(new ConfigurationProblem(path, null, expected, origin));

    private static RawForm FormOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => RawForm.Text,
        JsonTokenType.Number => RawForm.Number,
        JsonTokenType.True or JsonTokenType.False => RawForm.Flag,
        _ => RawForm.Null,
    };

    private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private OptionsOrigin At(ref Utf8JsonReader reader) =>
        OriginAt(1 + _json.AsSpan(0, (int)Math.Min(reader.TokenStartIndex, _json.Length)).Count((byte)'\n'));

    private OptionsOrigin OriginAt(long line) =>
        new(OriginLayer.File, string.Create(CultureInfo.InvariantCulture, $"{_file}:{line}"));
}
