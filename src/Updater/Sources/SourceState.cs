using System.Text.Json;
using Definitions;
using Updater.Store;

namespace Updater.Sources;

/// <summary>
/// <c>trust/SOURCE/source.json</c>: what a mirror or files source must remember between runs — which servers want to be
/// left alone, what was accepted last, and what was refused. Lost or damaged, it costs requests, never safety: everything is verified anew.
/// </summary>
internal sealed class SourceState(string path)
{
    private const int MaxBytes = 4 << 20;
    private const int Format = 1;

    private readonly Dictionary<string, CoolDown> _coolDowns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AcceptedPackage> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileMark> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefusedContainer> _refused = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _isLoaded;

    /// <summary>By server address.</summary>
    public CoolDown? FindCoolDown(string server, DateTimeOffset now)
    {
        lock (_gate)
        {
            Load();
            return _coolDowns.TryGetValue(server, out var coolDown) && coolDown.Until > now ? coolDown : null;
        }
    }

    /// <summary>The release of this name that was verified last; null = none.</summary>
    public AcceptedPackage? FindPackage(string name)
    {
        lock (_gate)
        {
            Load();
            return _packages.GetValueOrDefault(name);
        }
    }

    public IReadOnlyList<AcceptedPackage> Packages
    {
        get
        {
            lock (_gate)
            {
                Load();
                return [.. _packages.Values.OrderBy(package => package.Package.Id.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>By address; null = never fetched.</summary>
    public FileMark? FindFile(string address)
    {
        lock (_gate)
        {
            Load();
            return _files.GetValueOrDefault(address);
        }
    }

    /// <summary>By the address of the file; null = it was not refused when it was fetched last.</summary>
    public RefusedContainer? FindRefused(string address)
    {
        lock (_gate)
        {
            Load();
            return _refused.GetValueOrDefault(address);
        }
    }

    public Task RefuseAsync(string address, RefusedContainer refused, CancellationToken cancellationToken) =>
        ChangeAsync(() => _refused[address] = refused, cancellationToken);

    public Task ForgetRefusedAsync(string address, CancellationToken cancellationToken) =>
        FindRefused(address) is null ? Task.CompletedTask : ChangeAsync(() => _refused.Remove(address), cancellationToken);

    public Task LeaveAloneAsync(string server, CoolDown coolDown, CancellationToken cancellationToken) =>
        ChangeAsync(() => _coolDowns[server] = coolDown, cancellationToken);

    public Task AcceptAsync(AcceptedPackage accepted, CancellationToken cancellationToken) =>
        ChangeAsync(() => _packages[accepted.Package.Id.Name] = accepted, cancellationToken);

    /// <summary>Replaces what is known of every file: addresses that are gone are forgotten.</summary>
    public Task AcceptAsync(
        AcceptedPackage accepted, IReadOnlyDictionary<string, FileMark> files, CancellationToken cancellationToken) =>
        ChangeAsync(
            () =>
            {
                _packages[accepted.Package.Id.Name] = accepted;
                _files.Clear();
                foreach (var (address, mark) in files)
                {
                    _files[address] = mark;
                }
            },
            cancellationToken);

    private async Task ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        byte[] text;
        lock (_gate)
        {
            Load();
            change();
            text = Write();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, text, cancellationToken);
    }

    private void Load()
    {
        if (_isLoaded)
        {
            return;
        }

        _isLoaded = true;
        if (JsonText.TryReadFile(path, MaxBytes) is not { } text || JsonText.TryRead(text, SourceStateJson.Read) is not { } read)
        {
            return;
        }

        foreach (var (server, coolDown) in read.CoolDowns)
        {
            _coolDowns[server] = coolDown;
        }

        foreach (var package in read.Packages)
        {
            _packages[package.Package.Id.Name] = package;
        }

        foreach (var (address, mark) in read.Files)
        {
            _files[address] = mark;
        }

        foreach (var (address, refused) in read.Refused)
        {
            _refused[address] = refused;
        }
    }

    private byte[] Write() => JsonText.Write(json =>
    {
        json.WriteNumber("format", Format);
        SourceStateJson.Write(json, _coolDowns, _packages.Values, _files, _refused);
    });
}

/// <summary>Why a server is left alone, and until when.</summary>
internal sealed record CoolDown(DateTimeOffset Until, string Reason);

/// <summary>A package that this program made of verified content.</summary>
/// <param name="Content">SHA-256 over the names and digests of its files.</param>
/// <param name="Created">The database's own creation time; for custom files the time of the build.</param>
internal sealed record AcceptedPackage(ChannelPackage Package, Digest Content, DateTimeOffset Created);

/// <summary>What is known of one custom file.</summary>
/// <param name="Tag">The server's word for the content; null = none.</param>
/// <param name="Names">Files of the package that came of it: itself, or the members of a container.</param>
internal sealed record FileMark(string? Tag, DateTimeOffset? Modified, IReadOnlyList<string> Names);

/// <summary>The members of the state file; every field is checked when read.</summary>
internal static class SourceStateJson
{
    private static readonly Version NoEngine = new(1, 0, 0, 0);

    public static void Write(
        Utf8JsonWriter json,
        IReadOnlyDictionary<string, CoolDown> coolDowns,
        IEnumerable<AcceptedPackage> packages,
        IReadOnlyDictionary<string, FileMark> files,
        IReadOnlyDictionary<string, RefusedContainer> refused)
    {
        json.WriteStartArray("coolDowns");
        foreach (var (server, coolDown) in coolDowns.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("server", server);
            json.WriteString("until", coolDown.Until);
            json.WriteString("reason", coolDown.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("packages");
        foreach (var accepted in packages.OrderBy(accepted => accepted.Package.Id.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            Write(json, accepted);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var (address, mark) in files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteString("tag", mark.Tag);
            if (mark.Modified is { } modified)
            {
                json.WriteString("modified", modified);
            }

            json.WriteStartArray("names");
            foreach (var name in mark.Names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, refused);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, RefusedContainer> refused)
    {
        json.WriteStartArray("refused");
        foreach (var (address, container) in refused.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteString("mark", container.Mark);
            json.WriteString("reason", container.Reason.ToWord());
            json.WriteString("message", container.Message);
            json.WriteString("at", container.At);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static ReadState? Read(JsonElement root) => root.GetProperty("format").GetInt32() != 1
        ? null
        : new ReadState(
            [.. root.GetProperty("coolDowns").EnumerateArray().Select(item => (
                Text(item, "server"), new CoolDown(item.GetProperty("until").GetDateTimeOffset(), Text(item, "reason"))))],
            [.. root.GetProperty("packages").EnumerateArray().Select(ReadPackage)],
            [.. root.GetProperty("files").EnumerateArray().Select(item => (
                Text(item, "address"),
                new FileMark(
                    item.GetProperty("tag").GetString(),
                    item.TryGetProperty("modified", out var modified) ? modified.GetDateTimeOffset() : null,
                    [.. item.GetProperty("names").EnumerateArray().Select(name => name.GetString() ?? throw new FormatException("a name is null"))])))],
            [.. Optional(root, "refused").Select(item => (Text(item, "address"), ReadRefused(item)))]);

    /// <summary>Files of earlier versions have no such member.</summary>
    private static List<JsonElement> Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out var array) ? [.. array.EnumerateArray()] : [];

    private static RefusalReason ReasonOf(string word) =>
        Enum.GetValues<RefusalReason>().Where(reason => reason.ToWord() == word).Select(reason => (RefusalReason?)reason).FirstOrDefault()
        ?? throw new FormatException("'reason' is no reason.");

    private static RefusedContainer ReadRefused(JsonElement item) => new(
        Text(item, "mark") is { Length: > 0 } mark ? mark : throw new FormatException("'mark' is empty."),
        ReasonOf(Text(item, "reason")),
        Text(item, "message"),
        item.GetProperty("at").GetDateTimeOffset());

    private static void Write(Utf8JsonWriter json, AcceptedPackage accepted)
    {
        var package = accepted.Package;
        json.WriteString("name", package.Id.Name);
        json.WriteString("version", package.Id.Version.ToString());
        json.WriteNumber("sequence", package.Sequence);
        json.WriteNumber("length", package.Length);
        json.WriteString("sha256", package.Sha256.ToString());
        json.WriteNumber("unpackedBytes", package.UnpackedBytes);
        json.WriteBoolean("official", package.IsOfficial);
        json.WriteString("content", accepted.Content.ToString());
        json.WriteString("created", accepted.Created);
    }

    private static AcceptedPackage ReadPackage(JsonElement item)
    {
        var id = JsonText.Package(item);
        var package = new ChannelPackage(
            id,
            item.GetProperty("sequence").GetInt64(),
            BuiltPackages.FileName(id),
            item.GetProperty("length").GetInt64(),
            JsonText.Digest(item, "sha256"),
            item.GetProperty("unpackedBytes").GetInt64(),
            NoEngine)
        {
            IsOfficial = item.GetProperty("official").GetBoolean(),
            MayGoBack = true,
        };
        return new AcceptedPackage(package, JsonText.Digest(item, "content"), item.GetProperty("created").GetDateTimeOffset());
    }

    private static string Text(JsonElement item, string name) =>
        item.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");
}

internal sealed record ReadState(
    IReadOnlyList<(string Server, CoolDown CoolDown)> CoolDowns,
    IReadOnlyList<AcceptedPackage> Packages,
    IReadOnlyList<(string Address, FileMark Mark)> Files,
    IReadOnlyList<(string Address, RefusedContainer Container)> Refused);
