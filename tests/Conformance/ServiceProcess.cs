using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conformance;

/// <summary>A running <c>updater run</c> on its own data folder and free loopback ports; stopped, by id, at the end.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _readers;

    private ServiceProcess(Process process, ServiceSettings settings)
    {
        _process = process;
        Settings = settings;
        _readers = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{settings.HttpPort}/"), Timeout = TimeSpan.FromMinutes(2) };
        Clamd = ClamdClient.Tcp(settings.ClamdPort);
    }

    public ServiceSettings Settings { get; }

    public HttpClient Http { get; }

    public ClamdClient Clamd { get; }

    public string Log => string.Join('\n', _lines);

    /// <summary>Starts and waits until the HTTP API answers.</summary>
    public static async Task<ServiceProcess> StartAsync(
        ServiceSettings settings, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = UpdaterProgram.Start(["run", "--config", settings.ConfigFile], environment);
        process.StandardInput.Close();
        var service = new ServiceProcess(process, settings);
        try
        {
            await service.UntilAsync("the HTTP API answers", async () =>
                (await service.Http.GetAsync("healthz/live")).IsSuccessStatusCode);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        return service;
    }

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(path)) ?? throw new InvalidOperationException($"{path} answered nothing.");

    public async Task<JsonNode> ScanAsync(ReadOnlyMemory<byte> content)
    {
        using var body = new ReadOnlyMemoryContent(content);
        using var answer = await Http.PostAsync("v1/scan", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Posts an update and waits for its end.</summary>
    public async Task<JsonNode> UpdateAsync(bool force = true)
    {
        using var content = new StringContent(
            JsonSerializer.Serialize(new { force }), System.Text.Encoding.UTF8, "application/json");
        using var accepted = await Http.PostAsync("v1/updates", content);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var location = accepted.Headers.Location!;
        JsonNode? run = null;
        await UntilAsync("the update ends", async () =>
        {
            run = JsonNode.Parse(await Http.GetStringAsync(location))!;
            return (string?)run["outcome"] is not null;
        });
        return run!;
    }

    /// <summary>
    /// Waits until the version serves and the run that brought it has ended: a request before its end would join it.
    /// </summary>
    public Task UntilVersionAsync(string version, TimeSpan? limit = null) =>
        UntilAsync($"definitions {version} serve", async () =>
        {
            var status = await GetAsync("v1/status");
            return (string?)status["version"]!["definitions_version"] == version && status["running_update"] is null;
        }, limit);

    /// <summary>Asks again and again until the condition holds; fails the test with the service's log when it never does.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < (limit ?? TimeSpan.FromSeconds(60)))
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            if (_process.HasExited)
            {
                break;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"Waited in vain until {what}.\n{Log}");
    }

    /// <summary>SIGTERM, then the exit status.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            Assert.Equal(0, Kill(_process.Id, SigTerm));
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(timeout.Token);
        await _readers;
        return _process.ExitCode;
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _readers;
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
        }
    }
}

/// <summary>One service's configuration file, data folder and ports.</summary>
internal sealed class ServiceSettings
{
    public required string ConfigFile { get; init; }

    public required string Data { get; init; }

    public required int HttpPort { get; init; }

    public required int ClamdPort { get; init; }

    /// <summary>Writes <c>updater.json</c> below <paramref name="folder"/> for one channel.</summary>
    public static ServiceSettings Create(
        string folder, string channelUrl, string root, string interval, string data)
    {
        var (http, clamd) = (FreePort(), FreePort());
        var settings = new ServiceSettings
        {
            ConfigFile = Path.Combine(folder, "updater.json"),
            Data = data,
            HttpPort = http,
            ClamdPort = clamd,
        };
        var config = new JsonObject
        {
            ["dataDirectory"] = data,
            ["sources"] = new JsonArray(new JsonObject
            {
                ["name"] = "test",
                ["kind"] = "channel",
                ["url"] = channelUrl,
                ["root"] = root,
            }),
            ["updates"] = new JsonObject
            {
                ["interval"] = interval,
                ["minFreeBytes"] = 1,
                ["keepGenerations"] = 5,
                ["retries"] = 0,
            },
            ["listeners"] = new JsonObject
            {
                ["clamd"] = new JsonObject
                {
                    ["tcp"] = new JsonArray($"127.0.0.1:{clamd}"),
                    ["unix"] = "clamd.sock",
                },
                ["http"] = new JsonArray($"127.0.0.1:{http}"),
            },
        };
        Directory.CreateDirectory(folder);
        File.WriteAllText(settings.ConfigFile, config.ToJsonString());
        return settings;
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
