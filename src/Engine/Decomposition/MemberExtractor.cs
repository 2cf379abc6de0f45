using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>
/// Decodes one member under the budget. Bytes are counted as they leave the decoder; whatever came out before a limit
/// or a fault is handed over all the same, with the code that tells why there is no more.
/// </summary>
internal sealed class MemberExtractor(ScanProfile profile, Budget budget, ScratchFolder scratch)
{
    private const int StepBytes = 64 * 1024;

    public Extraction Extract(Member member)
    {
        var extraction = member.View is { } view ? new Extraction(view, Code: null) : Decode(member);
        if (extraction.Content is { } content && extraction.Code is null && content.Length < profile.MinExtractSize)
        {
            content.Dispose();
            return new Extraction(Content: null, ScanCode.DecLessThanMinimumExtractSize);
        }

        return extraction;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The object goes to the walk, which disposes it after the visit.")]
    private Extraction Decode(Member member)
    {
        using var spool = new ContentSpool(long.MaxValue, profile.SpillBytes, scratch, budget.Memory);
        var (code, endsWalk) = Copy(member, spool);
        if (member.CodeIfUnreadable is { } unreadable)
        {
            // The reading was a try against what the container says.
            return code is null
                ? new Extraction(spool.Complete(), Code: null) { ParentCode = ScanCode.DecMalformedContainerDetected }
                : new Extraction(Content: null, unreadable, endsWalk);
        }

        if (member.IsExtraReading && code is not null && !endsWalk)
        {
            code = code.Value.Class() == ScanCodeClass.Content ? null : code;
            return spool.Length == 0 ? default : new Extraction(spool.Complete(), code);
        }

        return new Extraction(spool.Complete(), code, endsWalk);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border around format readers: the prefix is kept, the fault becomes a code.")]
    private (ScanCode? Code, bool EndsWalk) Copy(Member member, ContentSpool spool)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(StepBytes);
        try
        {
            using var decoder = member.Open!();
            while (true)
            {
                budget.Check();
                var allowance = Math.Min(budget.MemberBytes - spool.Length, budget.RemainingBytes);
                var isMemberLimit = budget.MemberBytes - spool.Length <= budget.RemainingBytes;

                // One byte more than allowed tells a member that ends at its limit from one that passes it.
                var count = decoder.Read(buffer, 0, (int)Math.Min(StepBytes, Math.Max(0, allowance) + 1));
                if (count == 0)
                {
                    return (null, false);
                }

                var kept = (int)Math.Min(count, allowance);
                budget.ChargeBytes(kept);
                spool.TryWrite(buffer.AsSpan(0, kept));
                if (kept < count)
                {
                    return isMemberLimit
                        ? (ScanCode.DecMaximumExtractSizeExceeded, false)
                        : (ScanCode.DecMaximumCumulativeExtractSizeExceeded, true);
                }
            }
        }
        catch (LimitException e)
        {
            return (e.Code, true);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (Faults.CodeOf(e, ScanCode.DecFileExtractFailed, ScanCode.DecFileAccessFailed), false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>What became of a member.</summary>
/// <param name="Content">Its bytes, or as much as came out; null when there is nothing to look at.</param>
/// <param name="Code">Recorded at the member's path.</param>
/// <param name="EndsWalk">True when a limit of the whole scan was reached.</param>
internal readonly record struct Extraction(ObjectContent? Content, ScanCode? Code, bool EndsWalk = false)
{
    /// <summary>Recorded at the container's path.</summary>
    public ScanCode? ParentCode { get; init; }
}
