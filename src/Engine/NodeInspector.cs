using System.Diagnostics.CodeAnalysis;
using Engine.Decomposition;
using Engine.FileTypes;
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
    private readonly List<NodeMatch> _strong = [];
    private readonly List<NodeMatch> _weak = [];

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
                return [.. _strong, .. _weak];
            }

            return _strong.Count > 0 ? [_strong[0]] : [.. _weak.Take(1)];
        }
    }

    /// <summary>Looks at one node; false when the scan has seen enough.</summary>
    public bool Visit(Node node)
    {
        if (!TryMatch(node) || _hits.Count == 0 || IsAllowed(node))
        {
            return true;
        }

        Keep(node.Path);
        return allMatches || _strong.Count == 0;
    }

    /// <summary>Looks at what a container tells of a member; false when the scan has seen enough.</summary>
    public bool VisitMember(SeenMember member)
    {
        _hits.Clear();
        if (!TryMatchMember(member) || _hits.Count == 0 || IsAllowed(member.Container))
        {
            return true;
        }

        Keep(member.Path);
        return allMatches || _strong.Count == 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A damaged image must cost the member a code, not the service its process (M-104).")]
    private bool TryMatchMember(in SeenMember member)
    {
        try
        {
            MemberMatcher.Match(matcher.Image, member, allMatches, _hits, budget.Check);
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or LimitException))
        {
            ledger.Add(ScanCode.AvsScanfileFailure, member.Path);
            return false;
        }
    }

    private void Keep(string path)
    {
        foreach (var hit in _hits)
        {
            var kept = hit.IsWeak ? _weak : _strong;
            if (kept.Count < MaxMatches)
            {
                kept.Add(new NodeMatch(hit.Signature, hit.Package, path, hit.Offset));
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A matcher that fails must cost its node a code, not the service its process (M-104).")]
    private bool TryMatch(Node node)
    {
        _hits.Clear();
        try
        {
            var subject = MatchSubject.Raw(matcher.Image, node.Content, node.Type, node);
            subject = subject with { Digests = node.Parent is null ? RootDigests : null };
            Match(copies.Narrow(subject, node), node);
            MatchAsHandled(subject, node);
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

    /// <summary>
    /// Matches the node again as each type that a signature with a <c>HandlerType</c> asks for, once a type
    /// (clamav-formats.md §3.7, §9.1): what those signatures ask for in turn is not followed.
    /// </summary>
    private void MatchAsHandled(in MatchSubject subject, Node node)
    {
        if (matcher.Handlers.Count == 0)
        {
            return;
        }

        var own = subject.Target;
        foreach (var target in matcher.Handlers.Select(TypeNames.TargetOf).Distinct().ToArray())
        {
            if (target != own && (allMatches || _hits.TrueForAll(hit => hit.IsWeak)))
            {
                // Signatures of target 0 have been matched: with the first pass's hits kept, each is told once.
                var first = _hits.Select(hit => hit.Signature).ToHashSet(StringComparer.Ordinal);
                var count = _hits.Count;
                Match(new MatchSubject { Content = subject.Content, Target = target, Layer = node, Digests = subject.Digests }, node);
                for (var i = _hits.Count - 1; i >= count; i--)
                {
                    if (first.Contains(_hits[i].Signature))
                    {
                        _hits.RemoveAt(i);
                    }
                }
            }
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
}
