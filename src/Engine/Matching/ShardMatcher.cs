using Engine.Executables;
using Engine.Images;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// What anchors wake of one image: verifies bodies, counts those of logical signatures. Holds the working memory of
/// one image for one scan thread; the work budget is the object's, shared by all images.
/// </summary>
internal sealed class ShardMatcher
{
    private readonly Image _image;
    private readonly BodyStates _states = new();
    private readonly BodyVerifier _verifier;
    private readonly PartScanner _parts;
    private ObjectContent? _content;
    private ExecutableLayout? _executable;

    public ShardMatcher(MatchContext context, Image image)
    {
        _image = image;
        _verifier = new BodyVerifier(context.Budget, _states);
        _parts = new PartScanner(context.Budget);
        Logical = new LogicalEvaluator(context, image, _states);
    }

    public LogicalEvaluator Logical { get; }

    public void Start(in MatchSubject subject)
    {
        (_content, _executable) = (subject.Content, subject.Executable);
        Logical.Start(subject);
        _states.Clear();
    }

    /// <summary>Lets go of the object.</summary>
    public void End()
    {
        (_content, _executable) = (null, null);
        Logical.End();
    }

    /// <summary>Looks at a body whose anchor was found.</summary>
    /// <param name="anchor">Offset of the anchor in the object.</param>
    /// <param name="signature">What matched, if the body is a signature of its own.</param>
    /// <param name="isGeneric">Whether that is one of target 0.</param>
    /// <returns>Start of the match; -1 when there is nothing to report.</returns>
    public long Wake(ReadOnlySpan<byte> window, long windowStart, long anchor, uint body, out uint signature, out bool isGeneric)
    {
        (signature, isGeneric) = (0, false);
        if (_states.IsDone(body))
        {
            return -1;
        }

        var record = _image.Body(body);
        var view = new ContentView(_content!, _content!.Length, window, windowStart, _executable);
        if (record.IsLogical)
        {
            Count(view, record, body, anchor);
            return -1;
        }

        var offset = _verifier.Verify(view, record, body, anchor);
        if (offset >= 0)
        {
            _states.Get(body).IsDone = true;
            (signature, isGeneric) = (record.Signature, (record.TargetMask & 1) != 0);
        }

        return offset;
    }

    /// <summary>
    /// Counts a body of one part at a fixed distance from its anchor; of others it notes that they may occur, to be
    /// counted when somebody asks.
    /// </summary>
    private void Count(in ContentView view, in BodyRecord record, uint body, long anchor)
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
}
