using System.Collections.Concurrent;
using Definitions;
using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Hashing;
using Engine.Images;
using Engine.Matching;
using Engine.Normalisation;
using Engine.Objects;
using Engine.Phishing;
using Engine.Verdicts;

namespace Engine;

/// <summary>The hub: takes a lease on the active generation, walks the object, ranks the codes. Thread-safe.</summary>
public sealed class ScanEngine
{
    /// <summary>What <see cref="ScanResult.DetectedBy"/> says.</summary>
    public const string Name = "updater";

    private readonly ActiveImage _active;
    private readonly TimeProvider _time;
    private readonly ScratchFolder _scratch;
    private readonly MatcherPool _matchers = new();
    private readonly ConcurrentBag<ObjectDigests> _digests = [];
    private readonly ConcurrentBag<DigestBatch> _batches = [];

    /// <param name="active">The swapped reference.</param>
    /// <param name="time">For elapsed time and deadlines.</param>
    /// <param name="scratchFolder">Where members that do not fit memory are spilled; created when needed, swept now.</param>
    public ScanEngine(ActiveImage active, TimeProvider time, string scratchFolder)
    {
        _active = active;
        _time = time;
        _scratch = new ScratchFolder(scratchFolder);
        _scratch.Sweep();
    }

    /// <summary>Never throws for content: limits and damage are codes, and codes are never silently clean.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ScanResult Scan(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var scan = new ScanRecord(request, new Budget(request.Profile, _time, cancellationToken));
        using var lease = _active.TryLease();
        if (lease is null)
        {
            return scan.Fail(ScanCode.AvsDefinitionsMissing);
        }

        scan.Generation = lease.Generation;
        if (!request.Profile.IsValid)
        {
            return scan.Fail(ScanCode.DecPolicyInvalid);
        }

        if (request.Content.Length > request.Profile.MaxObjectBytes)
        {
            return scan.Fail(ScanCode.DecFileSizeTooLarge);
        }

        Walk(scan, lease.Images);
        return scan.ToResult();
    }

    /// <summary>
    /// Computes, side by side, the MD5 of files that were read ahead, where the active generation may hold one of their
    /// length. Scanning them gives the same results without it.
    /// </summary>
    public void HashAhead(IReadOnlyList<FileContent> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var lease = files.Count > 1 && Md5Lanes.Width > 1 ? _active.TryLease() : null;
        if (lease is null)
        {
            return;
        }

        FileContent[] due;
        try
        {
            due = [.. files.Where(file => HashIndex.IsDue(lease.Images.Images, HashPurpose.Detect, HashKind.Md5, file.Length))];
        }
        catch (ImageException)
        {
            // A damaged table: the scans meet it again, and say so.
            return;
        }

        if (due.Length > 1)
        {
            var batch = _batches.TryTake(out var idle) ? idle : new DigestBatch();
            var digests = new byte[due.Length * 16];
            batch.Md5(Array.ConvertAll(due, file => file.Whole), digests);
            for (var i = 0; i < due.Length; i++)
            {
                due[i].Md5 = digests[(i * 16)..((i + 1) * 16)];
            }

            _batches.Add(batch);
        }
    }

    private void Walk(ScanRecord scan, ImageSet images)
    {
        var matcher = _matchers.Rent(images);
        matcher.RegexAllowance.StartScan();
        var digests = _digests.TryTake(out var idle) ? idle : new ObjectDigests();
        digests.Start(scan.Request.Content.Length);
        digests.Want(HashKind.Sha256);
        if (scan.Request.Content is FileContent { Md5: { } md5 })
        {
            digests.Know(HashKind.Md5, md5);
        }

        var inspector = new NodeInspector(
            matcher, scan.Budget, scan.Ledger, scan.Request.AllMatches,
            new NodeCopies(scan.Request.Profile, scan.Budget, _scratch, scan.Ledger),
            new LinkInspector(images, scan.Request.Profile, scan.Budget, _scratch))
        {
            RootDigests = digests,
        };
        var decomposer = new Decomposer(scan.Request.Profile, scan.Budget, scan.Ledger, _scratch, Containers.Open, images.Types)
        {
            Passwords = () => images.Passwords,
            See = inspector.VisitMember,
            Leave = inspector.Leave,
        };
        try
        {
            var type = TypeDetector.Detect(scan.Request.Content, images.Types);
            decomposer.Walk(Node.Root(scan.Request.Name, type, scan.Request.Content), inspector.Visit);
        }
        catch (IOException)
        {
            // The submitted bytes cannot be read to their end: M-104 asks for this code wherever the read fails.
            TellUnreadable(scan);
        }
        catch (LimitException e)
        {
            scan.Ledger.Add(e.Code, scan.RootPath);
        }

        scan.Sha256 = Sha256Of(scan, digests);
        _digests.Add(digests);
        scan.Nodes = Math.Max(1, decomposer.Nodes);
        scan.Matches = inspector.Matches;
        if (inspector.IsMatcherSound)
        {
            _matchers.Return(matcher);
        }
    }

    /// <summary>
    /// The result names what was submitted, however early the scan ended: what did not pass by is read now. A limit of time is
    /// for what an object makes of itself, and hashing has a fixed price.
    /// </summary>
    private static Digest? Sha256Of(ScanRecord scan, ObjectDigests digests)
    {
        try
        {
            return new Digest(digests.Value(HashKind.Sha256, scan.Request.Content, scan.Budget.CheckCancelled));
        }
        catch (IOException)
        {
            TellUnreadable(scan);
            return null;
        }
    }

    /// <summary>Once, whoever noticed it first.</summary>
    private static void TellUnreadable(ScanRecord scan)
    {
        if (!scan.Ledger.Holds(ScanCode.AvsScanfileFailure, scan.RootPath))
        {
            scan.Ledger.Add(ScanCode.AvsScanfileFailure, scan.RootPath);
        }
    }
}
