using System.Net.Sockets;
using System.Text;

namespace Updater.Tests.Listeners.Clamd;

/// <summary>The transcripts of clamav-formats.md §5.2 to 5.8 against the real listener.</summary>
public sealed class ClamdTranscriptTests : IClassFixture<ClamdTranscriptTests.OneServer>
{
    private readonly ClamdServer _server;

    public ClamdTranscriptTests(OneServer one) => _server = one.Server;

    public static TheoryData<string, string> Transcripts => new()
    {
        { "zPING\0", "PONG\0" },
        { "nPING\n", "PONG\n" },
        { "PING\n", "PONG\n" },
        { "PING", "PONG\n" },
        { "nPING\r\n", "PONG\n" },
        { "zping\0", "UNKNOWN COMMAND\0" },
        { "zPING x\0", "UNKNOWN COMMAND\0" },
        { "zSCAN\0", "UNKNOWN COMMAND\0" },
        { "zSCAN \0", "UNKNOWN COMMAND\0" },
        { "zFOO\0", "UNKNOWN COMMAND\0" },
        { "zEND\0", "UNKNOWN COMMAND\0" },
        { "STATS\n", "UNKNOWN COMMAND\n" },
        { "INSTREAM\n", "UNKNOWN COMMAND\n" },
        { "VERSIONCOMMANDS\n", "UNKNOWN COMMAND\n" },
        { "ALLMATCHSCAN /srv/files/b.txt\n", "UNKNOWN COMMAND\n" },
        { "zSTREAM\0", "UNKNOWN COMMAND\0" },
        { "zDETSTATS\0", "" },
        { "zSHUTDOWN\0", "COMMAND UNAVAILABLE\0" },
        { "QUIT\n", "COMMAND UNAVAILABLE\n" },
        { "zPING\0zPING\0", "PONG\0" },
        { "nVERSION\n", "ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023\n" },
        { "zSCAN /srv/files/clean.txt\0", "/srv/files/clean.txt: OK\0" },
        { "zSCAN /srv/clean/empty.txt\0", "/srv/clean/empty.txt: OK\0" },
        { "zSCAN /srv/files/eicar.txt\0", "/srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\0" },
        { "SCAN /srv/files/eicar.txt\n", "/srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\n" },
        { "nSCAN /srv/files\n", "/srv/files/b.txt: Test.B.UNOFFICIAL FOUND\n" },
        { "nCONTSCAN /srv/files\n", "/srv/files/b.txt: Test.B.UNOFFICIAL FOUND\n/srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\n" },
        { "zCONTSCAN /srv/files\0", "/srv/files/b.txt: Test.B.UNOFFICIAL FOUND\0/srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\0" },
        { "nMULTISCAN /srv/files\n", "/srv/files/b.txt: Test.B.UNOFFICIAL FOUND\n/srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\n" },
        { "nCONTSCAN /srv/clean\n", "/srv/clean: OK\n" },
        { "nALLMATCHSCAN /srv/files/b.txt\n", "/srv/files/b.txt: Test.B.UNOFFICIAL FOUND\n/srv/files/b.txt: Test.B2.UNOFFICIAL FOUND\n" },
        { "nSCAN /srv/odd\n", "/srv/odd/n\\x0asrv: OK\\x0al.txt: Eicar.Test.UNOFFICIAL FOUND\n" },
        { "zSCAN /srv/odd/n\nsrv: OK\nl.txt\0", "/srv/odd/n\\x0asrv: OK\\x0al.txt: Eicar.Test.UNOFFICIAL FOUND\0" },
        { "zSCAN /srv/none\n\u007f\0", "/srv/none\\x0a\\x7f: File path check failure: No such file or directory. ERROR\0" },
        { "nSCAN /srv/none\n", "/srv/none: File path check failure: No such file or directory. ERROR\n" },
        { "zSCAN  /srv/files/clean.txt\0", " /srv/files/clean.txt: File path check failure: No such file or directory. ERROR\0" },
        { "zINSTREAM\0\0\0\0\u0004abcd\0\0\0\0", "stream: OK\0" },
        { "nINSTREAM\n\0\0\0\0", "stream: OK\n" },
        { "zINSTREAM\0\0\0\0\u0003bod\0\0\0\u0006y-of-b\0\0\0\0ignored", "stream: Test.B.UNOFFICIAL FOUND\0" },
        { "zINSTREAM\0\0\u0020\0\0", "INSTREAM size limit exceeded. ERROR\0" },
        { "nIDSESSION\nnVERSION\nnSCAN /srv/files/eicar.txt\nnPING\nnEND\n", "1: ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023\n2: /srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\n3: PONG\n" },
        { "nIDSESSION\nnSCAN /srv/files/eicar.txt\nzPING\0nEND\n", "1: /srv/files/eicar.txt: Eicar.Test.UNOFFICIAL FOUND\n2: PONG\0" },
        { "zIDSESSION\0zINSTREAM\0\0\0\0\u0004abcd\0\0\0\0zEND\0", "1: stream: OK\0" },
        { "zIDSESSION\0PING\n", "1: Only nCMDS\\n and zCMDS\\0 are accepted inside IDSESSION. ERROR\01: Error processing command. ERROR\0" },
        { "zIDSESSION\0zRELOAD\0", "1: Command invalid inside IDSESSION. ERROR\0" },
        { "zIDSESSION\0zFOO\0", "1: Command invalid inside IDSESSION. ERROR\0" },
        { "z" + new string('A', 9000) + "\0", "" },
    };

    [Theory, Trait("req", "M-183")]
    [MemberData(nameof(Transcripts))]
    public async Task Answers_as_transcribed(string request, string reply) =>
        Assert.Equal(_server.Real(reply), await _server.TalkAsync(_server.Real(request)));

    [Theory]
    [InlineData("zVERSION\0", "ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023\0")]
    [InlineData("nSCAN /srv/files/clean.txt\n", "/srv/files/clean.txt: OK\n")]
    [InlineData("PING\n", "PONG\n")]
    [InlineData("zINSTREAM\0\0\0\0\u0009body-of-b\0\0\0\0", "stream: Test.B.UNOFFICIAL FOUND\0")]
    public async Task Answers_alike_when_bytes_come_one_by_one_and_over_a_unix_socket(string request, string reply)
    {
        Assert.Equal(_server.Real(reply), await _server.TalkAsync(_server.Real(request), byteByByte: true));
        Assert.Equal(_server.Real(reply), await _server.TalkAsync(_server.Real(request), overUnix: true));
    }

    [Fact]
    public async Task Lists_only_commands_that_do_something()
    {
        var reply = await _server.TalkAsync("nVERSIONCOMMANDS\n");

        Assert.StartsWith("ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023| COMMANDS: ", reply, StringComparison.Ordinal);
        Assert.Contains(" INSTREAM", reply, StringComparison.Ordinal);
        Assert.DoesNotContain("SHUTDOWN", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_asks_once_and_answers_at_once()
    {
        var before = _server.Reloads;

        Assert.Equal("RELOADING\n", await _server.TalkAsync("RELOAD\0"));
        Assert.Equal(before + 1, _server.Reloads);
    }

    [Fact, Trait("req", "M-271")]
    public async Task A_client_that_writes_on_past_the_stream_limit_still_reads_the_answer()
    {
        using var socket = await _server.ConnectAsync();
        var chunk = new byte[4 + (1 << 18)];
        chunk[1] = 4;
        await socket.SendAsync("zINSTREAM\0"u8.ToArray());
        for (var i = 0; i < 64; i++)
        {
            await socket.SendAsync(chunk);
        }

        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("INSTREAM size limit exceeded. ERROR\0", await ClamdServer.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task A_stream_of_exactly_the_limit_is_scanned()
    {
        using var socket = await _server.ConnectAsync();
        var chunk = new byte[4 + ClamdServer.StreamLimit];
        chunk[1] = 0x10;
        await socket.SendAsync("zINSTREAM\0"u8.ToArray());
        await socket.SendAsync(chunk);
        await socket.SendAsync(new byte[4]);

        Assert.Equal("stream: OK\0", await ClamdServer.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_told_so_and_closed()
    {
        Assert.Equal("COMMAND READ TIMED OUT\n", await _server.TalkAsync("zPIN"));
    }

    [Fact]
    public async Task A_client_that_breaks_off_in_a_stream_gets_no_verdict()
    {
        using var socket = await _server.ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes("zINSTREAM\0\0\0\0\u0009body"));
        socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await ClamdServer.ReadToEndAsync(socket));
    }

    public sealed class OneServer : IAsyncDisposable
    {
        public ClamdServer Server { get; } = new();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}

public sealed class ClamdListenerTests
{
    [Fact]
    public async Task Without_definitions_nothing_is_clean()
    {
        await using var server = new ClamdServer(hasDefinitions: false);

        Assert.Equal("stream: AVS_RESULT_DEFINITIONS_MISSING ERROR\0", await server.TalkAsync("zINSTREAM\0\0\0\0\u0004abcd\0\0\0\0"));
        Assert.Equal(
            server.Real("/srv/files/clean.txt: AVS_RESULT_DEFINITIONS_MISSING ERROR\n"), await server.TalkAsync(server.Real("nSCAN /srv/files/clean.txt\n")));
    }

    [Fact, Trait("req", "M-020")]
    public async Task A_full_queue_answers_busy_and_counts_it()
    {
        await using var server = new ClamdServer(slots: 1, queue: 0);
        using var taken = await server.Slots.EnterAsync(CancellationToken.None);

        var reply = await server.TalkAsync("zINSTREAM\0\0\0\0\u0004abcd\0\0\0\0");

        Assert.StartsWith("stream: Busy", reply, StringComparison.Ordinal);
        Assert.EndsWith(" ERROR\0", reply, StringComparison.Ordinal);
        Assert.Equal(1, server.Metrics.Busy);
    }

    [Fact]
    public async Task Path_scans_can_be_switched_off()
    {
        await using var server = new ClamdServer(allowPathScans: false);

        Assert.Equal("COMMAND UNAVAILABLE\0", await server.TalkAsync(server.Real("zSCAN /srv/files/eicar.txt\0")));
    }

    [Fact]
    public async Task Stopping_waits_for_a_running_command_and_removes_the_socket()
    {
        await using var server = new ClamdServer(slots: 1);
        var slot = await server.Slots.EnterAsync(CancellationToken.None);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.Latin1.GetBytes("zINSTREAM\0\0\0\0\u0009body-of-b\0\0\0\0"));
        while (server.Slots.Waiting == 0)
        {
            await Task.Yield();
        }

        var stopping = server.StopAsync(CancellationToken.None);
        slot!.Dispose();

        Assert.Equal("stream: Test.B.UNOFFICIAL FOUND\0", await ClamdServer.ReadToEndAsync(client));
        client.Close();
        await stopping;
        Assert.False(File.Exists(server.UnixPath));
    }
}
