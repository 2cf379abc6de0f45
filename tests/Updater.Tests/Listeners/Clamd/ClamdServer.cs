using System.Net;
using System.Net.Sockets;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine;
using Engine.Images;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Updater.Cli;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners;
using Updater.Listeners.Clamd;
using Updater.Sources;
using Updater.Status;
using Updater.Telemetry;

namespace Updater.Tests.Listeners.Clamd;

/// <summary>
/// The real listener with the real engine on the private signatures of clamav-formats.md §5: <c>Eicar.Test</c> by hash,
/// <c>Test.B</c> and <c>Test.B2</c> by body. <c>/srv</c> stands for the folder of the files.
/// </summary>
public sealed class ClamdServer : IAsyncDisposable
{
    public const long StreamLimit = 1 << 20;

    private readonly TempFolder _folder = new();
    private readonly ActiveImage _active = new();
    private readonly ScanSlots _slots;
    private readonly ClamdListener _listener;
    private readonly IPEndPoint _endPoint;

    public ClamdServer(bool hasDefinitions = true, int slots = 2, int queue = 10, bool allowPathScans = true)
    {
        _folder.Write("srv/files/clean.txt", "nothing to see\n");
        _folder.Write("srv/files/eicar.txt", Eicar.Content);
        _folder.Write("srv/files/b.txt", "xx-body-of-b-xx");
        _folder.Write("srv/odd/n\nsrv: OK\nl.txt", Eicar.Content);
        _folder.Write("srv/clean/one.txt", "one");
        _folder.Write("srv/clean/empty.txt", "");
        if (hasDefinitions)
        {
            LoadDefinitions();
        }

        var options = new EngineOptions { Profiles = new Dictionary<string, ProfileOptions>(StringComparer.Ordinal) { ["default"] = new() } };
        _slots = new ScanSlots(slots, queue);
        Metrics = new ScanMetrics();
        Slots = _slots;
        var scans = new ScanService(
            _active, new ScanEngine(_active, TimeProvider.System, _folder.Path("scratch")), _slots, Metrics, options, NullLogger<ScanService>.Instance);
        var clamd = new ClamdOptions
        {
            StreamMaxLength = StreamLimit,
            CommandReadTimeout = TimeSpan.FromMilliseconds(600),
            ReadTimeout = TimeSpan.FromSeconds(5),
            AllowPathScans = allowPathScans,
        };
        var status = new DefinitionsStatus
        {
            Active = new ActiveGeneration(
                new GenerationId(27000, default), DefinitionsVersion.Parse("20231114.001"), new DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero), default, 3, []),
        };
        var service = new ClamdService(
            scans, clamd, _folder.Path("scratch"), () => ClamdReplies.Version("ClamAV 1.4.6", status, TimeZoneInfo.Utc), () => Reloads++, TimeProvider.System);
        UnixPath = _folder.Path("clamd.sock");
        var sockets = ListenSockets.BindTcp(["127.0.0.1:0"], "listeners.clamd.tcp", _ => { });
        _endPoint = (IPEndPoint)sockets[0].LocalEndPoint!;
        sockets.Add(ListenSockets.BindUnix(UnixPath, UnixFileMode.UserRead | UnixFileMode.UserWrite, "x"));
        _listener = new ClamdListener(sockets, UnixPath, service, NullLogger<ClamdListener>.Instance);
        _listener.Start();
    }

    public string UnixPath { get; }

    public int Reloads { get; private set; }

    internal ScanSlots Slots { get; }

    internal ScanMetrics Metrics { get; }

    /// <summary>Replaces <c>/srv</c> in a transcript by the real folder.</summary>
    public string Real(string transcript) => transcript.Replace("/srv", _folder.Path("srv"), StringComparison.Ordinal);

    public async Task<Socket> ConnectAsync(bool overUnix = false)
    {
        var socket = overUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(overUnix ? new UnixDomainSocketEndPoint(UnixPath) : _endPoint);
        return socket;
    }

    /// <summary>Sends, and reads until the server closes. One character a byte.</summary>
    public async Task<string> TalkAsync(string request, bool byteByByte = false, bool overUnix = false)
    {
        using var socket = await ConnectAsync(overUnix);
        var bytes = Encoding.Latin1.GetBytes(request);
        if (byteByByte)
        {
            socket.NoDelay = true;
            foreach (var b in bytes)
            {
                await socket.SendAsync(new[] { b });
            }
        }
        else
        {
            await socket.SendAsync(bytes);
        }

        return await ReadToEndAsync(socket);
    }

    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        while ((read = await socket.ReceiveAsync(buffer, limit.Token)) > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    public Task StopAsync(CancellationToken drain) => _listener.StopAsync(drain);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _slots.Dispose();
        _active.Dispose();
        _folder.Dispose();
    }

    private void LoadDefinitions()
    {
        var eicar = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Eicar.Content));
        var body = Convert.ToHexStringLower("body-of-b"u8);
        string[] files =
        [
            _folder.Write("db/t.hsb", $"{eicar}:{Eicar.Content.Length}:Eicar.Test\n"),
            _folder.Write("db/t.ndb", $"Test.B:0:*:{body}\nTest.B2:0:*:{Convert.ToHexStringLower("f-b-xx"u8)}\n"),
        ];
        var image = _folder.Path("t.image");
        using var inputs = DatabaseInputs.Open(files, ContainerFiles.Trusting([], TimeProvider.System), TimeProvider.System, isOfficial: false, CancellationToken.None);
        var report = ImageCompiler.Compile(inputs.Request(UnwantedPolicy.NotLoaded), image, CancellationToken.None);
        _active.Swap(new GenerationId(27000, report.InputDigest), new ImageSet(Image.Open(image)));
    }
}
