using System.Diagnostics.CodeAnalysis;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Opens a compressed file: its joined content is one member. What follows behind the end or behind damage is searched
/// for further streams, each a member of its own, and is a finding unless it is padding.
/// </summary>
/// <param name="open">Makes the content of the file from a position on.</param>
/// <param name="magic">First bytes of a stream.</param>
internal sealed class WrapperReader(
    ReaderContext context, Func<ContentStream, ConcatenatedStream> open, byte[] magic, Func<string> name) : IContainerReader
{
    private const int SearchStep = 64 * 1024;

    private ConcatenatedStream? _current;
    private bool _isStarted;

    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        member = null;
        long start = 0;
        if (_isStarted)
        {
            if (_current is null)
            {
                return false;
            }

            var found = FindNext(_current);
            _current = null;
            if (found is null)
            {
                return false;
            }

            start = found.Value;
        }

        member = MemberAt(start, isExtra: _isStarted);
        _isStarted = true;
        return true;
    }

    public void Dispose()
    {
        // The stream belongs to whoever opened the member.
    }

    private Member MemberAt(long start, bool isExtra) => new()
    {
        Name = name(),
        IsExtraReading = isExtra,
        Open = () =>
        {
            var input = context.OpenStream();
            input.Position = start;
            return _current = open(input);
        },
    };

    /// <summary>Where another stream starts behind what was decoded; null when nothing is left.</summary>
    private long? FindNext(ConcatenatedStream done)
    {
        var from = done.IsComplete ? done.StreamStart : done.StreamStart + 1;
        if (done.IsComplete && IsPadding(from))
        {
            return null;
        }

        if (done.IsComplete)
        {
            context.Report(ScanCode.DecMalformedContainerDetected);
        }

        for (var offset = from; offset < context.Content.Length; offset += SearchStep)
        {
            context.Budget.Check();
            var at = context.Content.Window(offset, SearchStep + magic.Length - 1).IndexOf(magic);
            if (at >= 0)
            {
                return offset + at;
            }
        }

        return null;
    }

    private bool IsPadding(long from)
    {
        for (var offset = from; offset < context.Content.Length; offset += SearchStep)
        {
            context.Budget.Check();
            if (context.Content.Window(offset, SearchStep).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }
}
