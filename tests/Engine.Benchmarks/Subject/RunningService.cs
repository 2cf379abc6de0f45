using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;

namespace Engine.Benchmarks.Subject;

/// <summary>A running <c>updater run</c>; ended by its id.</summary>
internal sealed class RunningService : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly Queue<string> _log = new();

    private RunningService(Process process, ServiceFolder folder, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = _limit };
        Clamd = new ClamdClient(folder.Socket);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The clamd listener.</summary>
    public ClamdClient Clamd { get; }

    public int ProcessId => _process.Id;

    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>From the start of the process until it scans.</summary>
    public double StartSeconds { get; private set; }

    public static async Task<RunningService> StartAsync(BuiltProgram program, ServiceFolder folder)
    {
        var port = FreePort();
        folder.Configure(port);
        var start = Stopwatch.GetTimestamp();
        var process = CommandRun.Start(program.FileName, ["run", "--config", folder.ConfigFile]);
        process.StandardInput.Close();
        var service = new RunningService(process, folder, port);
        try
        {
            await service.UntilAsync(async () => (await service._http.GetAsync(new Uri("healthz/ready", UriKind.Relative))).IsSuccessStatusCode);
            service.StartSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    public async Task<string> GenerationAsync() => (string)(await JsonAsync("v1/version"))["generation"]!;

    public async Task<JsonNode> JsonAsync(string path) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative))) ?? throw new InvalidOperationException($"{path} answered nothing.");

    /// <summary>Names of the signatures found in the content.</summary>
    public async Task<string?> ScanAsync(byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var answer = await _http.PostAsync(new Uri("v1/scan", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        return (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["threat"];
    }

    /// <summary>Makes a kept generation the active one.</summary>
    public async Task SelectAsync(string generation)
    {
        using var answer = await _http.PostAsJsonAsync("v1/rollback", new { to = generation, hold = "1h" });
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Waits until another generation than the given one is active and the run that made it has ended.</summary>
    public Task UntilOtherAsync(string generation) => UntilAsync(async () =>
        await GenerationAsync() != generation && (await JsonAsync("v1/status"))["running_update"] is null);

    /// <summary>Seconds of the last exchange of the active generation, as the service measured it.</summary>
    public async Task<double> LastSwapSecondsAsync()
    {
        const string Name = "updater_last_swap_seconds ";
        var metrics = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        return double.Parse(metrics.Split('\n').Single(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < _limit && !_process.HasExited)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(_poll);
        }

        lock (_log)
        {
            throw new InvalidOperationException($"The service did not come so far: {string.Join('\n', _log)}");
        }
    }

    private void Keep(string? line)
    {
        const int MaxLines = 40;
        lock (_log)
        {
            _log.Enqueue(line ?? "");
            if (_log.Count > MaxLines)
            {
                _log.Dequeue();
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
