using System.Diagnostics.CodeAnalysis;
using Engine.Decomposition.Archives;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;
using Engine.Verdicts;

namespace Engine.Decomposition;

/// <summary>
/// Walks the tree of an object with a stack of its own: input decides the depth of the tree, so the call stack must
/// not. Each node is visited as raw bytes before it is opened, and left when all that is in it was visited; what is not
/// opened, or only in part, leaves a code.
/// </summary>
internal sealed class Decomposer
{
    private readonly ScanProfile _profile;
    private readonly Budget _budget;
    private readonly CodeLedger _ledger;
    private readonly MemberExtractor _extractor;
    private readonly Func<ObjectType, ReaderContext, IContainerReader> _open;
    private readonly TypeTable? _types;
    private readonly Stack<Frame> _frames = new();

    /// <param name="open">Opens a container type; <see cref="Containers.Open"/>.</param>
    /// <param name="types">File type magic of the signature set; null = what is built in.</param>
    public Decomposer(
        ScanProfile profile, Budget budget, CodeLedger ledger, ScratchFolder scratch,
        Func<ObjectType, ReaderContext, IContainerReader> open, TypeTable? types = null)
    {
        _types = types;
        _profile = profile;
        _budget = budget;
        _ledger = ledger;
        _extractor = new MemberExtractor(profile, budget, scratch);
        _open = open;
    }

    /// <summary>What encrypted members of archives are tried with; read when there is one.</summary>
    public Func<IReadOnlyList<ArchivePassword>> Passwords { get; init; } = static () => [];

    /// <summary>Looks at what a container tells of a member, before the member is visited; false ends the walk.</summary>
    public Func<SeenMember, bool> See { get; init; } = static _ => true;

    /// <summary>Told of each visited node once it and all that could be seen in it were visited; false ends the walk.</summary>
    public Func<Node, bool> Leave { get; init; } = static _ => true;

    /// <summary>Nodes visited, the submitted one included.</summary>
    public int Nodes { get; private set; }

    /// <summary>Visits the root and all that is in it until there is no more, a limit ends it, or the visitor has seen enough.</summary>
    /// <param name="visit">Looks at one node's raw bytes; false ends the walk. What it throws is thrown.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public void Walk(Node root, Func<Node, bool> visit)
    {
        try
        {
            if (root.Type == ObjectType.Mail)
            {
                _ledger.Add(ScanCode.DecOuterContainerIsMime, root.Path);
            }

            if (Enter(root, visit, ownsContent: false))
            {
                while (_frames.TryPeek(out var frame) && Step(frame, visit))
                {
                }
            }
        }
        catch (LimitException e)
        {
            _ledger.Add(e.Code, (_frames.TryPeek(out var frame) ? frame.Node : root).Path);
        }
        finally
        {
            while (_frames.TryPop(out var frame))
            {
                Leave(frame.Node);
                Close(frame);
            }
        }
    }

    /// <summary>Visits a node and, when it is a container within the limits, pushes its reader. False ends the walk.</summary>
    private bool Enter(Node node, Func<Node, bool> visit, bool ownsContent)
    {
        var isKept = false;
        try
        {
            Nodes++;
            if (!visit(node))
            {
                ReportUnvisited(node, isDone: false);
                return false;
            }

            if (ContainerOf(node) is { } archive && MayOpen(node, archive.Type))
            {
                (node.OpenedAs, node.OpenedFrom) = (archive.Type, archive.Start);
                var reader = Guard(node, ScanCode.DecOpenContainerFailed, () => _open(archive.Type, ContextOf(node)));
                if (reader is not null)
                {
                    _frames.Push(new Frame(node, reader, ownsContent));
                    isKept = true;
                }
            }

            var isOpen = isKept;
            if (node.HandledAs is { } type)
            {
                // Whoever is closed last disposes of the bytes that both have.
                var owns = ownsContent && !isOpen;
                isKept = true;
                _budget.ChargeMember();
                if (!Enter(node.SeenAs(type), visit, owns))
                {
                    return false;
                }
            }

            return isOpen || Left(node);
        }
        finally
        {
            if (ownsContent && !isKept)
            {
                node.Content.Dispose();
            }
        }
    }

    /// <summary>Takes one member of the innermost open container. False ends the walk.</summary>
    private bool Step(Frame frame, Func<Node, bool> visit)
    {
        _budget.Check();
        var member = NextMember(frame);
        if (member is null)
        {
            _frames.Pop();
            try
            {
                return Left(frame.Node);
            }
            finally
            {
                Close(frame);
            }
        }

        var path = frame.Node.PathOf(member.Name);
        if (member.IsOnlyTold)
        {
            return IsSeen(frame, member, path, content: null);
        }

        _budget.ChargeMember();
        var extraction = Extract(frame.Node, member, path);
        if (!IsSeen(frame, member, path, extraction.Content))
        {
            return false;
        }

        if (extraction.Content is { } content)
        {
            var child = frame.Node.Child(path, TypeOf(path, content, member.DeclaredType), content, member.IsBehindAnother);
            if (!Enter(child, visit, ownsContent: true))
            {
                return false;
            }
        }

        return !extraction.EndsWalk;
    }

    /// <summary>Shows the member's facts, if it has any; false when the walk ends with them.</summary>
    private bool IsSeen(Frame frame, Member member, string path, ObjectContent? content)
    {
        if (member.Facts is not { } facts || See(new SeenMember(frame.Node, facts, path, content?.Length ?? 0)))
        {
            return true;
        }

        content?.Dispose();
        ReportUnvisited(frame.Node, isDone: false);
        return false;
    }

    private Member? NextMember(Frame frame) =>
        Guard(frame.Node, ScanCode.DecMalformedContainerDetected, () => frame.Reader.TryReadNext(out var member) ? member : null);

    private Extraction Extract(Node parent, Member member, string path)
    {
        if (member.Finding is { } finding)
        {
            _ledger.Add(finding, path);
            return default;
        }

        var extraction = GuardMember(path, () => _extractor.Extract(member));
        if (extraction.Code is { } code)
        {
            _ledger.Add(code, path);
        }

        if (extraction.ParentCode is { } parentCode)
        {
            _ledger.Add(parentCode, parent.Path);
        }

        return extraction;
    }

    /// <summary>What the node is opened as, and from where on; null when it holds nothing to open.</summary>
    private EmbeddedArchive? ContainerOf(Node node) => Containers.IsContainer(node.Type)
        ? new EmbeddedArchive(node.Type, 0)
        : EmbeddedArchive.Find(node.Content, node.Type, _budget.Check);

    private bool MayOpen(Node node, ObjectType type)
    {
        // Stacked decoders are bounded apart from levels: a gzip that holds itself has no end (decomposer.md §3).
        var isTooDeep = !Containers.IsWrapper(type) && node.Level >= _profile.MaxExtractDepth;
        if (isTooDeep || node.Decoders >= (4 * _profile.MaxExtractDepth) + 8)
        {
            _ledger.Add(ScanCode.DecMaximumDepthReached, node.Path);
            return false;
        }

        return true;
    }

    // Readers of ZIP start at the end and make up for what stands in front.
    [SuppressMessage("Reliability", "CA2000", Justification = "A view holds nothing.")]
    private ReaderContext ContextOf(Node node) => new(
        node.OpenedFrom == 0 || node.OpenedAs == ObjectType.Zip
            ? node.Content : new SliceContent(node.Content, node.OpenedFrom, node.Content.Length - node.OpenedFrom),
        node.Path[(node.Path.LastIndexOf('!') + 1)..], _profile, _budget, code => _ledger.Add(code, node.Path))
    {
        Passwords = Passwords,
    };

    private ObjectType TypeOf(string path, ObjectContent content, ObjectType? declared)
    {
        try
        {
            var detected = TypeDetector.Detect(content, _types);
            return declared is { } type && IsOpenToDeclaration(detected) ? type : detected;
        }
        catch (IOException)
        {
            _ledger.Add(ScanCode.DecFileAccessFailed, path);
            return ObjectType.Binary;
        }
    }

    private static bool IsOpenToDeclaration(ObjectType detected) =>
        detected is ObjectType.Binary or ObjectType.TextAscii or ObjectType.TextUtf8 or ObjectType.TextUtf16 or ObjectType.Html;

    /// <summary>Leaves a node that is done with; false when the walk ends with it.</summary>
    private bool Left(Node node)
    {
        if (Leave(node))
        {
            return true;
        }

        ReportUnvisited(node, isDone: true);
        return false;
    }

    /// <summary>The walk ends because of what the visitor found: says so when there was more to look at (M-148).</summary>
    /// <param name="isDone">Whether all of the node was visited: then only what is around it holds more.</param>
    private void ReportUnvisited(Node last, bool isDone)
    {
        var isMore = !isDone && last.Content.Length > 0 && ContainerOf(last) is not null;
        foreach (var frame in _frames)
        {
            isMore = isMore || HasMore(frame);
        }

        if (isMore)
        {
            _ledger.Add(ScanCode.DecAbortedAfterFirstThreat, last.Path);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A reader that fails had something unread.")]
    private static bool HasMore(Frame frame)
    {
        try
        {
            return frame.Reader.TryReadNext(out _);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Protects a verdict that stands already from whatever the rest of the container holds.
            return true;
        }
    }

    /// <summary>The decomposer's border: a reader's fault becomes a code at its container, a reader's bug one that says so (M-133).</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Border around format readers; a bug in one must not end the scan unseen.")]
    private T? Guard<T>(Node node, ScanCode damage, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (OperationCanceledException or LimitException))
        {
            _ledger.Add(Faults.CodeOf(e, damage, ScanCode.DecContainerAccessFailed), node.Path);
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border around format readers; a bug in one must not end the scan unseen.")]
    private static Extraction GuardMember(string path, Func<Extraction> extract)
    {
        try
        {
            return extract();
        }
        catch (Exception e) when (e is not (OperationCanceledException or LimitException))
        {
            return new Extraction(Content: null, Faults.CodeOf(e, ScanCode.DecFileExtractFailed, ScanCode.DecFileAccessFailed));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border around format readers; a bug in one must not end the scan unseen.")]
    private void Close(Frame frame)
    {
        try
        {
            frame.Reader.Dispose();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _ledger.Add(ScanCode.DecCloseContainerFailed, frame.Node.Path);
        }
        finally
        {
            if (frame.OwnsContent)
            {
                frame.Node.Content.Dispose();
            }
        }
    }

    /// <summary>An open container.</summary>
    private sealed record Frame(Node Node, IContainerReader Reader, bool OwnsContent);
}
