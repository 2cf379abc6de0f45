namespace Updater.Listeners.Clamd;

/// <summary>How a command was sent; the reply ends alike (clamav-formats.md §5.1).</summary>
internal enum ClamdFraming
{
    /// <summary>No prefix; ended by a line feed or by the end of the packet.</summary>
    Old = 0,

    /// <summary>Prefix <c>n</c>, ended by a line feed.</summary>
    Newline,

    /// <summary>Prefix <c>z</c>, ended by a NUL.</summary>
    Nul,
}

/// <summary>What the bytes received so far amount to.</summary>
internal enum FrameState
{
    /// <summary>The command is not complete.</summary>
    NeedMore = 0,

    Complete,

    /// <summary>Longer than any command; the connection is closed without an answer.</summary>
    TooLong,
}

/// <summary>A command without prefix and terminator, in wire text.</summary>
internal readonly record struct ClamdLine(ClamdFraming Framing, string Text)
{
    /// <summary>What ends each reply line.</summary>
    public char Terminator => Framing == ClamdFraming.Nul ? '\0' : '\n';
}

/// <summary>Cuts commands out of received bytes. Pure: looks only at the bytes it is given.</summary>
internal static class ClamdFramer
{
    /// <summary>Longest command: a path of 4096 bytes and its verb fit twice.</summary>
    public const int MaxCommandBytes = 8192;

    /// <param name="received">All unread bytes.</param>
    /// <param name="isQuiet">
    /// True when nothing more came for a while or the client has ended its side: a command in old framing is then
    /// complete without its line feed, because one packet is one command there.
    /// </param>
    /// <param name="line">The command, when complete.</param>
    /// <param name="consumed">Bytes that belong to the command.</param>
    public static FrameState Read(ReadOnlySpan<byte> received, bool isQuiet, out ClamdLine line, out int consumed)
    {
        line = default;
        consumed = 0;
        if (received.IsEmpty)
        {
            return FrameState.NeedMore;
        }

        var framing = received[0] switch
        {
            (byte)'n' => ClamdFraming.Newline,
            (byte)'z' => ClamdFraming.Nul,
            _ => ClamdFraming.Old,
        };
        var start = framing == ClamdFraming.Old ? 0 : 1;
        var body = received[start..];
        var end = framing switch
        {
            ClamdFraming.Nul => body.IndexOf((byte)0),
            ClamdFraming.Newline => body.IndexOf((byte)'\n'),
            _ => body.IndexOfAny((byte)'\n', (byte)0),
        };
        if (end < 0 && framing == ClamdFraming.Old && isQuiet)
        {
            line = new ClamdLine(framing, WireText.FromBytes(body));
            consumed = received.Length;
            return FrameState.Complete;
        }

        if ((end < 0 ? body.Length : end) > MaxCommandBytes)
        {
            return FrameState.TooLong;
        }

        if (end < 0)
        {
            return FrameState.NeedMore;
        }

        consumed = start + end + 1;
        var text = body[..end];
        if (framing != ClamdFraming.Nul && text.EndsWith("\r"u8))
        {
            text = text[..^1];
        }

        line = new ClamdLine(framing, WireText.FromBytes(text));
        return FrameState.Complete;
    }
}
