using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Definitions;
using Definitions.Signatures;
using Engine;
using Engine.Images;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Updater.Cli;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners;
using Updater.Listeners.Http;
using Updater.Sources;
using Updater.Telemetry;

namespace Updater.Tests.Listeners.Http;

/// <summary><c>POST /v1/scan</c> on the real server with the real engine.</summary>
public sealed class ScanRoutesTests : IAsyncDisposable
{
    private const long Limit = 1 << 16;

    private readonly TempFolder _folder = new();
    private readonly ActiveImage _active = new();
    private readonly ScanSlots _slots = new(1, 0);
    private readonly HttpClient _client = new();
    private ApiServer? _server;

    [Fact]
    public async Task A_body_is_scanned_and_answered_with_the_contracts_object()
    {
        await StartAsync();

        using var response = await PostAsync("/v1/scan?name=x.bin", new StringContent("xx-body-of-b-xx"));
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("x.bin", answer.GetProperty("path").GetString());
        Assert.Equal("EC_AV_INFECTED", answer.GetProperty("status").GetString());
        Assert.Equal("Test.B.UNOFFICIAL", answer.GetProperty("threat").GetString());
        Assert.StartsWith("7-", answer.GetProperty("generation").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_with_several_files_has_an_object_for_each()
    {
        await StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("clean enough"), "a", "a.txt" },
            { new StringContent("xx-body-of-b-xx"), "b", "b.txt" },
        };

        using var response = await PostAsync("/v1/scan", form);
        var answers = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray()
            .Select(a => $"{a.GetProperty("path").GetString()} {a.GetProperty("status").GetString()}");

        Assert.Equal("a.txt EC_AV_CLEAN, b.txt EC_AV_INFECTED", string.Join(", ", answers));
    }

    [Theory, Trait("req", "M-271")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_byte_over_the_limit_is_413_with_the_limit_and_the_limit_itself_passes(bool isChunked)
    {
        await StartAsync();

        using var fits = await PostAsync("/v1/scan", Body(Limit, isChunked));
        using var tooLong = await PostAsync("/v1/scan", Body(Limit + 1, isChunked));
        var problem = JsonDocument.Parse(await tooLong.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        Assert.Equal("application/problem+json", tooLong.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Limit, problem.GetProperty("limit_bytes").GetInt64());
    }

    [Fact]
    public async Task Without_definitions_it_is_503_with_a_time_to_retry()
    {
        await StartAsync(hasDefinitions: false);

        using var response = await PostAsync("/v1/scan", new StringContent("anything"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("AVS_RESULT_DEFINITIONS_MISSING", problem.RootElement.GetProperty("code").GetString());
    }

    [Fact, Trait("req", "M-020")]
    public async Task A_full_queue_is_503_with_a_time_to_retry()
    {
        await StartAsync();
        using var slot = await _slots.EnterAsync(CancellationToken.None);

        using var response = await PostAsync("/v1/scan", new StringContent("anything"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_hangs_up_is_no_error_of_the_service(bool isReset)
    {
        var log = new Seen();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        await StartAsync(loggers: loggers);
        var address = new Uri(_server!.Addresses[0]);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, address.Port);
            await client.GetStream().WriteAsync(
                System.Text.Encoding.ASCII.GetBytes("POST /v1/scan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\nbegun"));
            await log.RequestBegan.Task.WaitAsync(TimeSpan.FromMinutes(1));
            client.Client.LingerState = new LingerOption(isReset, 0);
        }

        await _server.StopAsync(CancellationToken.None);
        Assert.DoesNotContain(log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("/v1/scan?profile=nobody", HttpStatusCode.BadRequest)]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Mistakes_are_problem_documents(string path, HttpStatusCode status)
    {
        await StartAsync();

        using var response = await PostAsync(path, new StringContent("anything"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            await _server.DisposeAsync();
        }

        _slots.Dispose();
        _active.Dispose();
        _folder.Dispose();
    }

    private static HttpContent Body(long length, bool isChunked)
    {
        var bytes = new byte[length];
        return isChunked ? new StreamContent(new Unseekable(bytes)) : new ByteArrayContent(bytes);
    }

    private Task<HttpResponseMessage> PostAsync(string path, HttpContent content) =>
        _client.PostAsync(new Uri(_server!.Addresses[0] + path), content);

    private async Task StartAsync(bool hasDefinitions = true, ILoggerFactory? loggers = null)
    {
        if (hasDefinitions)
        {
            var file = _folder.Write("t.ndb", $"Test.B:0:*:{Convert.ToHexStringLower("body-of-b"u8)}\n");
            var image = _folder.Path("t.image");
            using var inputs = DatabaseInputs.Open([file], ContainerFiles.Trusting([], TimeProvider.System), TimeProvider.System, isOfficial: false, CancellationToken.None);
            var report = ImageCompiler.Compile(inputs.Request(UnwantedPolicy.NotLoaded), image, CancellationToken.None);
            _active.Swap(new GenerationId(7, report.InputDigest), new ImageSet(Image.Open(image)));
        }

        var scans = new ScanService(
            _active,
            new ScanEngine(_active, TimeProvider.System, _folder.Path("scratch")),
            _slots,
            new ScanMetrics(),
            new EngineOptions(),
            NullLogger<ScanService>.Instance);
        var sockets = ListenSockets.BindTcp(["127.0.0.1:0"], "listeners.http.addresses", _ => { });
        _server = ApiServer.Create(
            sockets, control: null, loggers ?? NullLoggerFactory.Instance, new ScanRoutes(scans, _folder.Path("scratch"), Limit).Map);
        await _server.StartAsync(CancellationToken.None);
    }

    /// <summary>Everything that is logged.</summary>
    private sealed class Seen : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public IEnumerable<(LogLevel Level, string Text)> Lines => _lines;

        /// <summary>The server has read the head of a request.</summary>
        public TaskCompletionSource RequestBegan { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            _lines.Enqueue((logLevel, text));
            if (text.StartsWith("Request starting", StringComparison.Ordinal))
            {
                RequestBegan.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Of unknown length, so that it is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

public sealed class ListenSocketsTests
{
    [Fact]
    public void A_busy_port_is_named_with_the_option_that_changes_it()
    {
        var taken = ListenSockets.BindTcp(["127.0.0.1:0"], "x", _ => { });
        var address = taken[0].LocalEndPoint!.ToString()!;

        var fault = Assert.Throws<ListenException>(() => ListenSockets.BindTcp([address], "listeners.clamd.tcp", _ => { }));

        Assert.Contains(address, fault.Message, StringComparison.Ordinal);
        Assert.Contains("--set listeners.clamd.tcp=", fault.Message, StringComparison.Ordinal);
        taken[0].Dispose();
    }

    [Fact]
    public void A_stale_socket_file_is_replaced_and_the_mode_is_set()
    {
        using var folder = new TempFolder();
        var path = folder.Write("s.sock", "stale");

        using var socket = ListenSockets.BindUnix(path, UnixFileMode.UserRead | UnixFileMode.UserWrite, "x");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        Assert.Equal([path], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void A_path_too_long_for_a_socket_is_told_as_such() => Assert.Contains(
        "too long",
        Assert.Throws<ListenException>(() => ListenSockets.BindUnix("/tmp/" + new string('x', 120), UnixFileMode.None, "x")).Message,
        StringComparison.Ordinal);
}
