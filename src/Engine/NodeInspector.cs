using System.Diagnostics.CodeAnalysis;
using Definitions;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Normalisation;
using Engine.Phishing;
using Engine.Verdicts;

namespace Engine;

/// <summary>Matches the nodes of one scan and keeps what counts: allow lists, weak and strong hits (clamav-formats.md §3.5, §3.13).</summary>
internal sealed class NodeInspector(ObjectMatcher matcher, Budget budget, CodeLedger ledger, bool allMatches, NodeCopies copies, LinkInspector links)
{
    /// <summary>Matches kept; an object made to match everything must not fill the memory.</summary>
    public const int MaxMatches = 10_000;

    private readonly List<SignatureHit> _hits = [];
    private readonly HashSet<(string Signature, PackageId Package)> _known = [];
    private readonly MatchList _kept = new();
    private readonly NameMachine _names = new();
    private readonly Stack<(Node Node, MatchList Matches)> _deferred = new();

    /// <summary>Digests of the submitted object, begun for its length; those of other nodes are the matcher's affair.</summary>
    public required ObjectDigests RootDigests { get; init; }

    /// <summary>False after a fault inside the matcher: its working memory is in doubt.</summary>
    public bool IsMatcherSound { get; private set; } = true;

    /// <summary>
    /// What is reported: the strong matches, and with <c>allMatches</c> the weak ones after them; without strong ones
    /// the weak ones, of which a scan for the first match reports one.
    /// </summary>
    public IReadOnlyList<NodeMatch> Matches
    {
        get
        {
            if (allMatches)
            {
                return [.. _kept.Strong, .. _kept.Weak];
            }

            return _kept.Strong.Count > 0 ? [_kept.Strong[0]] : [.. _kept.Weak.Take(1)];
        }
    }

    /// <summary>
    /// Looks at one node; false when the scan has seen enough. What matches on a container is kept until
    /// <see cref="Leave"/>: what is in it is reported first, as the reference engine opens a container before it looks at
    /// its bytes. They are looked at here all the same, so that a limit met inside hides nothing. An archive behind a
    /// program or script is found in that one's bytes, so those come first.
    /// </summary>
    public bool Visit(Node node)
    {
        var isMatched = TryMatch(node);
        if (node.IsHandled)
        {
            // What matches the bytes whatever their type was told before.
            _hits.RemoveAll(hit => _known.Contains((hit.Signature, hit.Package)));
        }

        _known.Clear();
        if (node.HandledAs is not null)
        {
            _known.UnionWith(_hits.Select(hit => (hit.Signature, hit.Package)));
        }

        if (!isMatched || _hits.Count == 0 || IsAllowed(node))
        {
            return true;
        }

        if (Containers.IsContainer(node.Type))
        {
            var deferred = new MatchList();
            deferred.Add(_hits, node.Path);
            _deferred.Push((node, deferred));
            return true;
        }

        _kept.Add(_hits, node.Path);
        return allMatches || _kept.Strong.Count == 0;
    }

    /// <summary>Reports what was found on the node's own bytes, after all that was found in it; false when the scan has seen enough.</summary>
    public bool Leave(Node node)
    {
        if (!_deferred.TryPeek(out var last) || last.Node != node)
        {
            return true;
        }

        _kept.Add(_deferred.Pop().Matches);
        return allMatches || _kept.Strong.Count == 0;
    }

    /// <summary>Looks at what a container tells of a member; false when the scan has seen enough.</summary>
    public bool VisitMember(SeenMember member)
    {
        _hits.Clear();
        if (!TryMatchMember(member) || _hits.Count == 0 || IsAllowed(member.Container))
        {
            return true;
        }

        _kept.Add(_hits, member.Path);
        return allMatches || _kept.Strong.Count == 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A damaged image must cost the member a code, not the service its process (M-104).")]
    private bool TryMatchMember(in SeenMember member)
    {
        try
        {
            MemberMatcher.Match(matcher.Images, member, allMatches, _hits, _names, budget.Check);
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or LimitException))
        {
            ledger.Add(ScanCode.AvsScanfileFailure, member.Path);
            return false;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A matcher that fails must cost its node a code, not the service its process (M-104).")]
    private bool TryMatch(Node node)
    {
        _hits.Clear();
        matcher.RegexAllowance.StartObject();
        try
        {
            var subject = MatchSubject.Raw(matcher.Images.Features, node.Content, node.Type, node) with
            {
                Digests = node.Parent is null ? RootDigests : null,
                IsHandled = node.IsHandled,
            };
            Match(copies.Narrow(subject, node), node);
            if (!node.IsHandled && matcher.Handler is { } handler)
            {
                node.HandledAs = TypeNames.ToSeen(handler, node.Type);
            }

            if (NodeCopies.HasCopies(node, matcher) && (allMatches || _hits.TrueForAll(hit => hit.IsWeak)))
            {
                MatchCopies(node);
            }

            if (allMatches || _hits.TrueForAll(hit => hit.IsWeak))
            {
                links.Inspect(node, _hits);
            }

            return true;
        }
        catch (IOException)
        {
            // The hits so far are true; the rest of the node was not looked at.
            ledger.Add(ScanCode.AvsScanfileFailure, node.Path);
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or LimitException))
        {
            IsMatcherSound = false;
            ledger.Add(ScanCode.AvsScanfileFailure, node.Path);
            return false;
        }
    }

    private void Match(in MatchSubject subject, Node node)
    {
        if (matcher.Match(subject, allMatches, _hits, budget.Check) != MatchCompletion.Complete)
        {
            ledger.Add(ScanCode.AvsScanfileFailure, node.Path);
        }
    }

    /// <summary>Adds what matches on the node's copies only; a place in a copy is none in the node.</summary>
    private void MatchCopies(Node node)
    {
        foreach (var subject in copies.Of(node, matcher))
        {
            var before = _hits.Count;
            Match(subject, node);
            if (_hits.Count == before)
            {
                continue;
            }

            var known = _hits.Take(before).Select(hit => (hit.Signature, hit.Package)).ToHashSet();
            var added = _hits[before..];
            _hits.RemoveRange(before, added.Count);
            _hits.AddRange(added.Where(hit => known.Add((hit.Signature, hit.Package))).Select(hit => hit with { Offset = null }));
            if (!allMatches && added.Exists(hit => !hit.IsWeak))
            {
                return;
            }
        }
    }

    /// <summary>An allow list that covers the node or anything around it withdraws the detection.</summary>
    private bool IsAllowed(Node node)
    {
        for (var at = node; at is not null; at = at.Parent)
        {
            if (at.IsAllowed ??= IsListed(at))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsListed(Node node)
    {
        budget.Check();
        try
        {
            return node.Parent is null
                ? matcher.IsAllowed(node.Content, RootDigests, budget.Check)
                : matcher.IsAllowed(node.Content);
        }
        catch (IOException)
        {
            // What cannot be read cannot be vouched for.
            ledger.Add(ScanCode.AvsScanfileFailure, node.Path);
            return false;
        }
    }

    /// <summary>Matches in the order in which they are reported, no more than <see cref="MaxMatches"/> of each kind.</summary>
    private sealed class MatchList
    {
        public List<NodeMatch> Strong { get; } = [];

        public List<NodeMatch> Weak { get; } = [];

        public void Add(List<SignatureHit> hits, string path)
        {
            foreach (var hit in hits)
            {
                var kept = hit.IsWeak ? Weak : Strong;
                if (kept.Count < MaxMatches)
                {
                    kept.Add(new NodeMatch(hit.Signature, hit.Package, path, hit.Offset));
                }
            }
        }

        public void Add(MatchList other)
        {
            Strong.AddRange(other.Strong.Take(MaxMatches - Strong.Count));
            Weak.AddRange(other.Weak.Take(MaxMatches - Weak.Count));
        }
    }
}
