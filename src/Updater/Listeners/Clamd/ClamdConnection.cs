using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Updater.Configuration;
using Updater.Hosting;

namespace Updater.Listeners.Clamd;

/// <summary>What every connection of a listener shares.</summary>
/// <param name="ScratchFolder">For streamed objects that are too large for memory.</param>
/// <param name="Version">The VERSION answer of this moment.</param>
/// <param name="Reload">Asks for an update; does not wait.</param>
internal sealed record ClamdService(
    ScanService Scans, ClamdOptions Options, string ScratchFolder, Func<string> Version, Action Reload, TimeProvider Time);

/// <summary>One connection: one command, or a session of them (clamav-formats.md §5).</summary>
/// <param name="isLocal">Unix socket or loopback: path scans and RELOAD are allowed.</param>
internal sealed class ClamdConnection(Socket socket, ClamdService service, bool isLocal)
{
    /// <summary>A command in old framing without line feed is complete when nothing follows for so long.</summary>
    private static readonly TimeSpan PacketGap = TimeSpan.FromMilliseconds(150);

    /// <summary>How long a client may take to read the last answer and close.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly ClamdInput _input = new(socket, service.Time);
    private TimeSpan _linger = Linger;

    /// <summary>Serves until the client is done, breaks off or is too slow.</summary>
    /// <param name="stopping">The service stops: no further command is read.</param>
    /// <param name="abort">The service gives up on running commands.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        try
        {
            await ServeAsync(stopping, abort);
            socket.Shutdown(SocketShutdown.Send);
            await _input.DrainAsync(_linger, stopping);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left, or the service stops: nobody is there to answer.
        }
    }

    private async Task ServeAsync(CancellationToken stopping, CancellationToken abort)
    {
        try
        {
            if (await ReadCommandAsync(service.Options.CommandReadTimeout, stopping) is not { } line)
            {
                return;
            }

            var command = ClamdCommand.Parse(line);
            if (command.Verb == ClamdVerb.IdSession)
            {
                await ServeSessionAsync(stopping, abort);
            }
            else
            {
                await AnswerAsync(line, command, "", abort);
            }
        }
        catch (TimeoutException)
        {
            await SendAsync(ClamdReplies.TimedOut + '\n', abort);
        }
    }

    /// <summary>Commands are answered one after the other, which §5.8 allows; each reply carries its number.</summary>
    private async Task ServeSessionAsync(CancellationToken stopping, CancellationToken abort)
    {
        for (var number = 1L; ; number++)
        {
            if (await ReadCommandAsync(service.Options.ReadTimeout, stopping) is not { } line)
            {
                return;
            }

            var prefix = string.Create(CultureInfo.InvariantCulture, $"{number}: ");
            if (line.Framing == ClamdFraming.Old)
            {
                await SendAsync($"{prefix}{ClamdReplies.OldInSession}\0{prefix}{ClamdReplies.NotProcessed}\0", abort);
                return;
            }

            var command = ClamdCommand.Parse(line);
            if (!ClamdCommand.IsAllowedInSession(command.Verb))
            {
                await SendLineAsync(line, prefix, ClamdReplies.InvalidInSession, abort);
                return;
            }

            if (command.Verb == ClamdVerb.End || !await AnswerAsync(line, command, prefix, abort))
            {
                return;
            }
        }
    }

    private async Task<ClamdLine?> ReadCommandAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var deadline = service.Time.GetTimestamp();
        var isQuiet = false;
        while (true)
        {
            var state = ClamdFramer.Read(_input.Unread.Span, isQuiet, out var line, out var consumed);
            if (state == FrameState.Complete)
            {
                _input.Consume(consumed);
                return line;
            }

            if (state == FrameState.TooLong || isQuiet)
            {
                return null;
            }

            var left = timeout - service.Time.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException();
            }

            var isOldStarted = !_input.Unread.IsEmpty && _input.Unread.Span[0] is not ((byte)'n' or (byte)'z');
            isQuiet = isOldStarted
                ? await IsQuietAsync(left < PacketGap ? left : PacketGap, cancellationToken)
                : !await _input.ReceiveAsync(left, cancellationToken);
        }
    }

    private async Task<bool> IsQuietAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        try
        {
            return !await _input.ReceiveAsync(gap, cancellationToken);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    /// <returns>False when the connection has to be closed although a session is open.</returns>
    private async Task<bool> AnswerAsync(ClamdLine line, ClamdCommand command, string prefix, CancellationToken cancellationToken)
    {
        switch (command.Verb)
        {
            case ClamdVerb.Obsolete:
                return false;
            case ClamdVerb.InStream:
                return await AnswerStreamAsync(line, prefix, cancellationToken);
            case ClamdVerb.Reload when isLocal:
                service.Reload();
                await SendLineAsync(line, prefix, ClamdReplies.Reloading, cancellationToken);
                return true;
            case ClamdVerb.Scan or ClamdVerb.ContScan or ClamdVerb.MultiScan or ClamdVerb.AllMatchScan
                when isLocal && service.Options.AllowPathScans:
                await foreach (var reply in new ClamdPathScan(service.Scans).RunAsync(command.Verb, command.Argument, cancellationToken))
                {
                    await SendLineAsync(line, prefix, reply, cancellationToken);
                }

                return true;
            default:
                await SendLineAsync(line, prefix, SimpleReply(command.Verb), cancellationToken);
                return true;
        }
    }

    private string SimpleReply(ClamdVerb verb) => verb switch
    {
        ClamdVerb.Ping => ClamdReplies.Pong,
        ClamdVerb.Version => service.Version(),
        ClamdVerb.VersionCommands => ClamdReplies.VersionCommands(service.Version()),
        ClamdVerb.Unknown or ClamdVerb.End => ClamdReplies.UnknownCommand,
        _ => ClamdReplies.Unavailable,
    };

    private async Task<bool> AnswerStreamAsync(ClamdLine line, string prefix, CancellationToken cancellationToken)
    {
        await using var body = new ScanBody(service.ScratchFolder, service.Options.StreamMaxLength);
        switch (await ReadStreamAsync(body, cancellationToken))
        {
            case StreamEnd.Broken:
                return false;
            case StreamEnd.TooLong:
                // The client may still be writing: it has to be read on, or the reset would eat the answer (M-271).
                _linger = service.Options.ReadTimeout;
                await SendLineAsync(line, prefix, ClamdReplies.StreamTooLong, cancellationToken);
                return false;
            default:
                await SendLineAsync(line, prefix, await ScanStreamAsync(body, cancellationToken), cancellationToken);
                return true;
        }
    }

    private async Task<string> ScanStreamAsync(ScanBody body, CancellationToken cancellationToken)
    {
        const string name = "stream";
        if (!service.Scans.HasDefinitions)
        {
            return ClamdReplies.NoDefinitions(name);
        }

        var content = await body.CompleteAsync(cancellationToken);
        var profile = service.Scans.DefaultProfile;
        var result = await service.Scans.ScanAsync(name, content, profile, allMatches: false, cancellationToken);
        return result is null
            ? ClamdReplies.Busy(name)
            : ClamdReplies.ForResult(name, result, profile.Action, allMatches: false)[0];
    }

    private async Task<StreamEnd> ReadStreamAsync(ScanBody body, CancellationToken cancellationToken)
    {
        var silence = service.Options.ReadTimeout;
        while (true)
        {
            while (_input.Unread.Length < sizeof(uint))
            {
                if (!await _input.ReceiveAsync(silence, cancellationToken))
                {
                    return StreamEnd.Broken;
                }
            }

            long left = BinaryPrimitives.ReadUInt32BigEndian(_input.Unread.Span);
            _input.Consume(sizeof(uint));
            if (left == 0)
            {
                return StreamEnd.Complete;
            }

            if (left > body.MaxBytes - body.Length)
            {
                return StreamEnd.TooLong;
            }

            while (left > 0)
            {
                if (_input.Unread.IsEmpty && !await _input.ReceiveAsync(silence, cancellationToken))
                {
                    return StreamEnd.Broken;
                }

                var block = _input.Unread[..(int)Math.Min(left, _input.Unread.Length)];
                await body.TryAppendAsync(block, cancellationToken);
                left -= block.Length;
                _input.Consume(block.Length);
            }
        }
    }

    private Task SendLineAsync(ClamdLine line, string prefix, string reply, CancellationToken cancellationToken) =>
        SendAsync($"{prefix}{reply}{line.Terminator}", cancellationToken);

    private async Task SendAsync(string wire, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(service.Options.ReadTimeout, service.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        ReadOnlyMemory<byte> bytes = Encoding.Latin1.GetBytes(wire);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, either.Token)..];
        }
    }

    private enum StreamEnd
    {
        Complete = 0,
        TooLong,
        Broken,
    }
}
