using Definitions;
using Definitions.Signatures;
using Engine.Executables;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// Matches objects against one image. Holds the working memory of one scan thread: not thread-safe, reused from
/// object to object, no allocation in the steady state but for reported hits. Cheap to make: nothing in it grows with
/// the number of signatures.
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
    private readonly BodySink _bodies;
    private readonly Func<uint, bool> _reportLogical;
    private bool _isAllMatches;
    private readonly ObjectDigests _digests = new();
    private readonly PositionList _found = new();
    private readonly PeDigests? _peDigests;

    public ObjectMatcher(Image image)
        : this(image, DefaultWindow, new GramSearcher(image))
    {
    }

    /// <param name="window">Bytes searched at a time, more than <see cref="PatternSearcher.Overlap"/>.</param>
    internal ObjectMatcher(Image image, int window, PatternSearcher searcher)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image = image;
        _window = window;
        _searcher = searcher;
        _bodies = new BodySink(image);
        _peDigests = PeDigests.IsDue(image) ? new PeDigests(image) : null;
        _reportLogical = signature => !_bodies.Report(signature, offset: null) || _isAllMatches;
    }

    public Image Image { get; }

    /// <summary>Whether a buffer of the target, 0 to 14, could match any body or logical signature of the image.</summary>
    public bool HasBodies(int target) => !_searcher.IsEmpty(target)
        || Image.Tables.Logical.Always(target).IsPresent || Image.Tables.Logical.Always(0).IsPresent;

    /// <summary>
    /// Types that the last object is to be scanned as again, because a logical signature with a <c>HandlerType</c>
    /// (clamav-formats.md §3.7) was true of it; each once. Valid until the next object.
    /// </summary>
    public IReadOnlyList<FileTypeName> Handlers => _bodies.Logical.Handlers;

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
        if (content.Length <= MaxIgnoredLength && !subject.IsNormalised)
        {
            _bodies.Logical.Start(subject);
            _bodies.Logical.End();
            return MatchCompletion.Complete;
        }

        var digests = StartDigests(subject);
        _isAllMatches = allMatches;
        _bodies.Start(subject, allMatches, hits, progress);
        try
        {
            // With an exhausted budget counts are too low, and what asks for few would be found wrongly.
            var isAllRead = true;
            if (ReadOnce(content, subject.Target, !subject.IsDigestsOnly, digests, progress)
                && (subject.IsNormalised || ReportDigests(content, digests, allMatches, progress))
                && (_bodies.IsExhausted || subject.IsDigestsOnly || _bodies.Logical.Evaluate(_reportLogical)))
            {
                isAllRead = ReportPeDigests(subject, allMatches, progress);
            }

            return _bodies.IsExhausted || !isAllRead ? MatchCompletion.BudgetExhausted : MatchCompletion.Complete;
        }
        finally
        {
            _bodies.End();
        }
    }

    /// <summary>
    /// True when an allow-list digest (<c>.fp</c>, <c>.sfp</c>) covers the object. Digests are computed only when the
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
        HashIndex.WantDue(Image, HashPurpose.Allow, content.Length, digests);
        var isAllowed = false;
        foreach (var kind in ObjectDigests.Kinds)
        {
            isAllowed |= Find(HashPurpose.Allow, kind, content, digests, progress);
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
            HashIndex.WantDue(Image, HashPurpose.Detect, length, digests);
        }

        return digests;
    }

    /// <summary>One read of the content for bodies and digests; false when a strong match ended it.</summary>
    private bool ReadOnce(ObjectContent content, int target, bool isSearched, ObjectDigests digests, Action progress)
    {
        isSearched = isSearched && HasBodies(target);
        if (!isSearched && !digests.IsHungry)
        {
            return true;
        }

        for (long start = 0; start < content.Length; start += _window)
        {
            var window = Window(content, start, _window + PatternSearcher.Overlap);
            var owned = Math.Min(_window, window.Length);
            _bodies.WindowStart = start;
            for (var from = 0; from < owned; from += ProgressStep)
            {
                progress();
                var to = Math.Min(from + ProgressStep, owned);
                if (isSearched && !_bodies.IsExhausted && !_searcher.Search(window, from, to, target, _bodies)
                    && !_bodies.IsExhausted)
                {
                    return false;
                }

                digests.Append(start + from, window[from..to]);
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> Window(ObjectContent content, long start, int count)
    {
        var window = content.Window(start, count);
        return window.Length == Math.Min(count, content.Length - start)
            ? window
            : throw new IOException("The object has fewer bytes than it had.");
    }

    /// <summary>False when a strong match ends the object.</summary>
    private bool ReportDigests(ObjectContent content, ObjectDigests digests, bool allMatches, Action progress)
    {
        foreach (var kind in ObjectDigests.Kinds)
        {
            _found.Clear();
            Find(HashPurpose.Detect, kind, content, digests, progress);
            foreach (var signature in _found.Span)
            {
                if (_bodies.Report((uint)signature, offset: null) && !allMatches)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>False when not all of a PE was looked at.</summary>
    private bool ReportPeDigests(in MatchSubject subject, bool allMatches, Action progress)
    {
        if (_peDigests is null || subject.Target != SignatureTargets.Of(ObjectType.Pe) || subject.IsNormalised)
        {
            return true;
        }

        var found = _peDigests.Find(subject.Content, subject.Executable, progress);
        for (var i = 0; i < found.Length; i++)
        {
            // Sections may be alike; a signature is reported once.
            var signature = found[i];
            if (found[..i].Contains(signature))
            {
                continue;
            }

            if (_bodies.Report((uint)signature, offset: null) && !allMatches)
            {
                return true;
            }
        }

        return _peDigests.IsComplete;
    }

    /// <summary>Looks one kind of digest up, exact size before any size.</summary>
    private bool Find(HashPurpose purpose, HashKind kind, ObjectContent content, ObjectDigests digests, Action progress)
    {
        var length = content.Length;
        if (!HashIndex.IsDue(Image, purpose, kind, length))
        {
            return false;
        }

        var digest = digests.Value(kind, content, progress);
        var tables = Image.Tables;
        return HashIndex.Find(Image, tables.Hashes(purpose, kind, isAnySize: false), digest, length, _found)
            | HashIndex.Find(Image, tables.Hashes(purpose, kind, isAnySize: true), digest, length, _found);
    }

    /// <summary>Verifies what anchors wake and reports what matches.</summary>
    private sealed class BodySink : AnchorSink
    {
        private readonly Image _image;
        private readonly WorkBudget _budget = new();
        private readonly BodyStates _states = new();
        private readonly BodyVerifier _verifier;
        private readonly PartScanner _parts;
        private ObjectContent? _content;
        private ExecutableLayout? _executable;
        private ICollection<SignatureHit>? _hits;
        private bool _isAllMatches;

        public BodySink(Image image)
        {
            _image = image;
            _verifier = new BodyVerifier(_budget, _states);
            _parts = new PartScanner(_budget);
            Logical = new LogicalEvaluator(image, _budget, _states);
        }

        public LogicalEvaluator Logical { get; }

        public long WindowStart { get; set; }

        public bool IsExhausted => _budget.IsExhausted;

        public void Start(in MatchSubject subject, bool allMatches, ICollection<SignatureHit> hits, Action progress)
        {
            (_content, _executable, _isAllMatches, _hits) = (subject.Content, subject.Executable, allMatches, hits);
            Logical.Start(subject);
            _budget.Start(subject.Content.Length, progress);
            _states.Clear();
        }

        /// <summary>Lets go of the object.</summary>
        public void End()
        {
            (_content, _executable, _hits) = (null, null, null);
            Logical.End();
            _budget.Start(0, _noProgress);
        }

        public override bool OnAnchor(ReadOnlySpan<byte> window, int position, uint body)
        {
            _budget.Spend(1);
            if (_states.IsDone(body))
            {
                return !_budget.IsExhausted;
            }

            var record = _image.Body(body);
            var view = new ContentView(_content!, _content!.Length, window, WindowStart, _executable);
            if (record.IsLogical)
            {
                CountLogical(view, record, body, WindowStart + position);
                return !_budget.IsExhausted;
            }

            var offset = _verifier.Verify(view, record, body, WindowStart + position);
            if (offset < 0)
            {
                return !_budget.IsExhausted;
            }

            _states.Get(body).IsDone = true;
            return !Report(record.Signature, offset) || _isAllMatches;
        }

        /// <summary>
        /// Counts a body of one part at a fixed distance from its anchor; of others it notes that they may occur, to be
        /// counted when somebody asks.
        /// </summary>
        private void CountLogical(in ContentView view, in BodyRecord record, uint body, long anchor)
        {
            var isSimple = record.PartCount == 1 && record.AnchorMin == record.AnchorMax;
            var (first, last) = record.AnchorPart == 0 ? record.StartRange(view) : (0, view.Length);
            for (var start = anchor - record.AnchorMax; start <= anchor - record.AnchorMin; start++)
            {
                if (start < Math.Max(0, first) || start > last
                    || (record.AnchorPart == 0 && !ExecutableOffsets.IsStart(record, view, start))
                    || !_parts.MatchAt(view, record.Part(record.AnchorPart), start))
                {
                    continue;
                }

                ref var state = ref _states.Get(body);
                var isNew = state.Count == 0;
                state.Count++;
                state.Last = start;
                state.IsPending = !isSimple;
                state.IsDone = !isSimple || state.Count >= Logical.CapOf(record.Users);
                if (isNew)
                {
                    Logical.Wake(record.Users);
                }

                return;
            }
        }

        /// <summary>True when the signature is a strong one.</summary>
        public bool Report(uint signature, long? offset)
        {
            var entry = SignatureTable.Read(_image, signature);
            var isWeak = entry.Flags.HasFlag(SignatureFlags.Weak);
            _hits!.Add(new SignatureHit(
                SignatureTable.ReportedName(_image, signature, entry), SignatureTable.Package(_image, entry), offset, isWeak));
            return !isWeak;
        }
    }
}

/// <summary>Whether everything was looked at.</summary>
public enum MatchCompletion
{
    Complete,

    /// <summary>A work budget ended the search: the object is not fully scanned.</summary>
    BudgetExhausted,
}

/// <summary>One signature that matched.</summary>
/// <param name="Signature">The reported name, <c>.UNOFFICIAL</c> included where due.</param>
/// <param name="Package">Where it came from.</param>
/// <param name="Offset">Start of the match in the object; null for digests.</param>
/// <param name="IsWeak">Potentially unwanted (<c>PUA.</c>, <c>Heuristics.</c>, <c>BC.Heuristics.</c>): reported only if nothing strong matched.</param>
public sealed record SignatureHit(string Signature, PackageId Package, long? Offset, bool IsWeak);
