using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// Matches objects against one generation's images, all in one pass over the bytes. Holds the working memory of one
/// scan thread: not thread-safe, reused from object to object, no allocation in the steady state but for reported
/// hits. Cheap to make: nothing in it grows with the number of signatures.
/// </summary>
public sealed class ObjectMatcher
{
    /// <summary>Objects of so many bytes and fewer never match (clamav-formats.md §3.4, quirk).</summary>
    public const int MaxIgnoredLength = 5;

    private const int DefaultWindow = 1 << 20;

    /// <summary>Bytes between two calls of the progress callback.</summary>
    private const int ProgressStep = 65536;

    private static readonly Action _noProgress = static () => { };

    private readonly int _window;
    private readonly PatternSearcher _searcher;
    private readonly MatchContext _context;
    private readonly ShardMatcher[] _shards;
    private readonly BodySink _bodies;
    private readonly Func<uint, bool>[] _reportLogical;
    private readonly ObjectDigests _digests = new();
    private readonly PositionList _found = new();
    private readonly PeDigests _peDigests;
    private readonly HitReport _report;

    public ObjectMatcher(ImageSet images)
        : this(images, DefaultWindow, new GramSearcher((images ?? throw new ArgumentNullException(nameof(images))).Plan))
    {
    }

    /// <param name="window">Bytes searched at a time, more than <see cref="PatternSearcher.Overlap"/>.</param>
    internal ObjectMatcher(ImageSet images, int window, PatternSearcher searcher)
    {
        ArgumentNullException.ThrowIfNull(images);
        _context = new MatchContext(images);
        _window = window;
        _searcher = searcher;
        _shards = [.. images.Images.Select(image => new ShardMatcher(_context, image))];
        _bodies = new BodySink(this);
        _report = new HitReport(images);
        _peDigests = new PeDigests(images.Images);
        _reportLogical = [.. Enumerable.Range(0, _shards.Length).Select<int, Func<uint, bool>>(
            shard => signature => _report.Add(shard, signature, offset: null))];
    }

    public ImageSet Images => _context.Images;

    /// <summary>Whether a buffer of the target, 0 to 14, could match any body or logical signature.</summary>
    public bool HasBodies(int target)
    {
        if (!_searcher.IsEmpty(target))
        {
            return true;
        }

        for (var i = 0; i < Images.Images.Count; i++)
        {
            var logical = Images.Images[i].Tables.Logical;
            if (logical.Always(target).IsPresent || logical.Always(0).IsPresent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The type that the last object is to be scanned as again, because a logical signature with a <c>HandlerType</c>
    /// (clamav-formats.md §3.7) was true of it; null = none. Valid until the next object.
    /// </summary>
    public FileTypeName? Handler => _context.Handler;

    /// <summary>
    /// What regular expressions may take; an object without a context, see <see cref="MatchSubject.Layer"/>, is a scan
    /// of its own.
    /// </summary>
    internal RegexAllowance RegexAllowance => _context.RegexAllowance;

    private WorkBudget Budget => _context.Budget;

    /// <summary>
    /// Adds every match on the object's bytes to <paramref name="hits"/>, in the order in which they are reported
    /// (clamav-formats.md §3.13: bodies, digests, logical signatures, digests of PE sections and imports); with <paramref name="allMatches"/> false it may stop at the
    /// first strong one. Objects of 5 bytes and less never match (§3.4), normalised copies of such length do. A body signature is reported once, with the
    /// start of its first match found.
    /// </summary>
    /// <param name="progress">Called at least every 64 KiB of work; may throw to end the scan.</param>
    /// <exception cref="IOException">The object could not be read.</exception>
    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    public MatchCompletion Match(
        in MatchSubject subject, bool allMatches, ICollection<SignatureHit> hits, Action progress)
    {
        ArgumentNullException.ThrowIfNull(hits);
        ArgumentNullException.ThrowIfNull(progress);
        var content = subject.Content;
        _context.Handler = null;
        if (content.Length <= MaxIgnoredLength && !subject.IsNormalised)
        {
            return MatchCompletion.Complete;
        }

        var digests = StartDigests(subject);
        if (subject.Layer is null)
        {
            RegexAllowance.StartScan();
        }

        Start(subject, allMatches, hits, progress);
        try
        {
            // With an exhausted budget counts are too low, and what asks for few would be found wrongly.
            var isAllRead = true;
            if (ReadInOrder(subject, digests, progress)
                && (subject.IsNormalised || ReportDigests(content, digests, progress))
                && (Budget.IsExhausted || subject.IsDigestsOnly || EvaluateLogical()))
            {
                isAllRead = ReportPeDigests(subject, progress);
            }

            return (Budget.IsExhausted && !_report.IsWaiting) || !IsLogicalComplete() || !isAllRead ? MatchCompletion.BudgetExhausted : MatchCompletion.Complete;
        }
        finally
        {
            End();
        }
    }

    private void Start(in MatchSubject subject, bool allMatches, ICollection<SignatureHit> hits, Action progress)
    {
        _report.Start(subject.Target, allMatches, hits);
        Budget.Start(WorkBudget.UnitsFor(subject.Content.Length), progress);
        _context.Formulas.StartObject(subject.Content.Length, progress);
        foreach (var shard in _shards)
        {
            shard.Start(subject);
        }
    }

    /// <summary>Lets go of the object.</summary>
    private void End()
    {
        _report.End();
        foreach (var shard in _shards)
        {
            shard.End();
        }

        _context.Text.End();

        Budget.Start(WorkBudget.UnitsFor(0), _noProgress);
    }

    /// <summary>
    /// True when an allow-list digest (<c>.fp</c>, <c>.sfp</c>) covers the object. Digests are computed only when an
    /// image has an entry of this length.
    /// </summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    public bool IsAllowed(ObjectContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        _digests.Start(content.Length);
        return IsAllowed(content, _digests, _noProgress);
    }

    /// <summary>The same with digests of the object that may be known already.</summary>
    internal bool IsAllowed(ObjectContent content, ObjectDigests digests, Action progress)
    {
        HashIndex.WantDue(Images.Images, HashPurpose.Allow, content.Length, digests);
        var isAllowed = false;
        foreach (var kind in ObjectDigests.Kinds)
        {
            if (HashIndex.IsDue(Images.Images, HashPurpose.Allow, kind, content.Length))
            {
                var digest = digests.Value(kind, content, progress);
                for (var shard = 0; shard < _shards.Length; shard++)
                {
                    isAllowed |= HashIndex.Find(Images.Images[shard], HashPurpose.Allow, kind, digest, content.Length, signatures: null);
                }
            }
        }

        return isAllowed;
    }

    /// <summary>The digests of the subject, with what the image may hold of it wanted.</summary>
    private ObjectDigests StartDigests(in MatchSubject subject)
    {
        var length = subject.Content.Length;
        if (subject.Digests is null)
        {
            _digests.Start(length);
        }

        var digests = subject.Digests ?? _digests;
        if (!subject.IsNormalised)
        {
            HashIndex.WantDue(Images.Images, HashPurpose.Detect, length, digests);
        }

        return digests;
    }

    /// <summary>
    /// As <see cref="ReadOnce"/>, with the order of targets among first matches. Once a match waits for a better one,
    /// whatever keeps the rest from being looked at does not count: it takes a name away, not the detection.
    /// </summary>
    private bool ReadInOrder(in MatchSubject subject, ObjectDigests digests, Action progress)
    {
        bool isOpen;
        try
        {
            isOpen = ReadOnce(subject, digests, progress);
        }
        catch (Exception e) when (_report.IsWaiting && e is IOException or LimitException)
        {
            isOpen = false;
        }

        return !_report.AddWaiting() && isOpen;
    }

    /// <summary>One read of the content for bodies and digests; false when a strong match ended it.</summary>
    private bool ReadOnce(in MatchSubject subject, ObjectDigests digests, Action progress)
    {
        var (content, target) = (subject.Content, subject.Target);
        var isSearched = !subject.IsDigestsOnly && HasBodies(target);
        if (!isSearched && !digests.IsHungry)
        {
            return true;
        }

        for (long start = 0; start < content.Length; start += _window)
        {
            var window = Window(content, start, _window + PatternSearcher.Overlap);
            var owned = Math.Min(_window, window.Length);
            _bodies.WindowStart = start;
            if (start == 0 && isSearched && !SearchPlaces(subject, window))
            {
                return false;
            }

            for (var from = 0; from < owned; from += ProgressStep)
            {
                progress();
                var to = Math.Min(from + ProgressStep, owned);
                if (isSearched && !Budget.IsExhausted && !_searcher.Search(window, from, to, target, _bodies)
                    && !Budget.IsExhausted)
                {
                    return false;
                }

                digests.Append(start + from, window[from..to]);
            }
        }

        return true;
    }

    /// <summary>False when a strong match ends the object.</summary>
    private bool SearchPlaces(in MatchSubject subject, ReadOnlySpan<byte> window)
    {
        var view = new ContentView(subject.Content, subject.Content.Length, window, 0, subject.Executable);
        return _searcher.SearchPlaces(view, subject.Target, _bodies) || Budget.IsExhausted;
    }

    private static ReadOnlySpan<byte> Window(ObjectContent content, long start, int count)
    {
        var window = content.Window(start, count);
        return window.Length == Math.Min(count, content.Length - start)
            ? window
            : throw new IOException("The object has fewer bytes than it had.");
    }

    /// <summary>False when a strong match ends the object.</summary>
    private bool ReportDigests(ObjectContent content, ObjectDigests digests, Action progress)
    {
        foreach (var kind in ObjectDigests.Kinds)
        {
            if (!HashIndex.IsDue(Images.Images, HashPurpose.Detect, kind, content.Length))
            {
                continue;
            }

            var digest = digests.Value(kind, content, progress);
            for (var shard = 0; shard < _shards.Length; shard++)
            {
                _found.Clear();
                HashIndex.Find(Images.Images[shard], HashPurpose.Detect, kind, digest, content.Length, _found);
                foreach (var signature in _found.Span)
                {
                    if (!_report.Add(shard, (uint)signature, offset: null))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>False when a strong match ends the object.</summary>
    private bool EvaluateLogical()
    {
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            if (!_shards[shard].Logical.Evaluate(_reportLogical[shard]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False when a regular expression was given up.</summary>
    private bool IsLogicalComplete()
    {
        foreach (var shard in _shards)
        {
            if (!shard.Logical.IsComplete)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False when not all of a PE was looked at.</summary>
    private bool ReportPeDigests(in MatchSubject subject, Action progress)
    {
        if (!_peDigests.IsDue || subject.Target != SignatureTargets.Of(ObjectType.Pe) || subject.IsNormalised)
        {
            return true;
        }

        var found = _peDigests.Find(subject.Content, subject.Executable, progress);
        for (var i = 0; i < found.Length; i++)
        {
            // Sections may be alike; a signature is reported once.
            var entry = found[i];
            if (!found[..i].Contains(entry) && !_report.Add((int)(entry >> 32), (uint)entry, offset: null))
            {
                return true;
            }
        }

        return _peDigests.IsComplete;
    }

    /// <summary>Hands anchors to the matcher of their image and reports what matches.</summary>
    private sealed class BodySink(ObjectMatcher owner) : AnchorSink
    {
        public long WindowStart { get; set; }

        public override bool OnAnchor(ReadOnlySpan<byte> window, int position, int shard, uint body) =>
            Wake(window, WindowStart + position, shard, body);

        public override bool OnPlace(long place, int shard, uint body) => Wake(default, place, shard, body);

        private bool Wake(ReadOnlySpan<byte> window, long anchor, int shard, uint body)
        {
            var budget = owner.Budget;
            budget.Spend(1);
            var offset = owner._shards[shard].Wake(window, WindowStart, anchor, body, out var signature, out var isGeneric);
            return offset < 0 ? !budget.IsExhausted : owner._report.AddBody(shard, signature, offset, isGeneric);
        }
    }
}
