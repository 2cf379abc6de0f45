using System.Buffers;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;
using Engine.Verdicts;

namespace Engine.Normalisation;

/// <summary>
/// Which buffers of a node are matched (clamav-formats.md §3.12, measured): the raw bytes, of HTML only for digests,
/// and the normalised copies of text and HTML, one after the other. The raw bytes of a text meet target 0 only, its
/// copy targets 0 and 7. Copies lie in pooled memory or scratch files, are charged to the scan's budget, and are made
/// only when signatures could match on them.
/// </summary>
internal sealed class NodeCopies(ScanProfile profile, Budget budget, ScratchFolder scratch, CodeLedger ledger)
{
    private const int HtmlTarget = 3;
    private const int TextTarget = 7;
    private const int Step = 64 * 1024;

    /// <summary>What is matched on the node's raw bytes.</summary>
    /// <param name="raw">All of it, with the target of the node's type.</param>
    public MatchSubject Narrow(in MatchSubject raw, Node node)
    {
        // Of a document that is longer than its copies may be, the raw bytes are better than nothing.
        var isHtml = node.Type == ObjectType.Html;
        var isDigestsOnly = node.Type == ObjectType.Ignored
            || (isHtml && node.Content.Length <= LimitOf(profile.MaxHtmlNormaliseBytes) && !IsLittleEndian(node.Content));
        return raw with { Target = isHtml || IsText(node.Type) ? 0 : raw.Target, IsDigestsOnly = isDigestsOnly };
    }

    /// <summary>Whether the node may have copies that something in the image can match.</summary>
    public static bool HasCopies(Node node, ObjectMatcher matcher) =>
        node.Content.Length > ObjectMatcher.MaxIgnoredLength
        && ((node.Type == ObjectType.Html && IsHtmlMatched(matcher))
            || (IsText(node.Type) && (matcher.HasBodies(TextTarget) || IsHtmlMatched(matcher))));

    /// <summary>The copies in the order in which they are matched; disposed when the walk over them ends.</summary>
    /// <exception cref="IOException">The node could not be read, or a copy not written.</exception>
    /// <exception cref="LimitException">The time is over.</exception>
    public IEnumerable<MatchSubject> Of(Node node, ObjectMatcher matcher)
    {
        var isHtml = node.Type == ObjectType.Html
            || (node.Type is ObjectType.TextAscii or ObjectType.TextUtf8 && IsHtmlMatched(matcher) && HasLateMark(node.Content));
        if (!isHtml)
        {
            if (matcher.HasBodies(TextTarget))
            {
                using var text = MakeText(node);
                yield return Copy(node, text, TextTarget) with { Original = node.Content };
            }

            yield break;
        }

        var made = MakeHtml(node);
        try
        {
            foreach (var copy in made)
            {
                yield return Copy(node, copy, HtmlTarget);
            }

            yield return Copy(node, made[^1], TextTarget);
        }
        finally
        {
            made.ForEach(copy => copy.Dispose());
        }
    }

    /// <summary>The raw bytes of HTML in little-endian UTF-16 are looked at as well, those of big-endian are not (measured).</summary>
    private static bool IsLittleEndian(ObjectContent content) =>
        HtmlTest.Utf16OrderOf(content.Peek(0, TextTest.Bytes)) == Utf16Order.LittleEndian;

    private static bool IsText(ObjectType type) =>
        type is ObjectType.TextAscii or ObjectType.TextUtf8 or ObjectType.TextUtf16;

    private static bool IsHtmlMatched(ObjectMatcher matcher) =>
        matcher.HasBodies(HtmlTarget) || matcher.HasBodies(TextTarget);

    private static long LimitOf(long setting) => setting == 0 ? long.MaxValue : setting;

    private static MatchSubject Copy(Node node, ObjectContent content, int target) =>
        new() { Content = content, Target = target, Layer = node, IsNormalised = true, IsHandled = true, ObjectLength = node.Content.Length };

    /// <summary>A text may turn out as HTML anywhere: the reference engine looks for the marks in all of it.</summary>
    private bool HasLateMark(ObjectContent content)
    {
        var isInLink = false;
        for (long start = 0; start < content.Length; start += Step)
        {
            budget.Check();
            if (HtmlTest.HasMark(content.Window(start, Step + HtmlTest.MaxMarkLength - 1), ref isInLink))
            {
                return true;
            }
        }

        return false;
    }

    private ObjectContent MakeText(Node node)
    {
        using var writer = Writer(profile.MaxScriptNormaliseBytes);
        var normaliser = new TextNormaliser(writer);
        Read(node.Content, LimitOf(profile.MaxScriptNormaliseBytes), normaliser.Append);
        return Complete(writer, node);
    }

    /// <summary>Without comments, without tags, the scripts.</summary>
    private List<ObjectContent> MakeHtml(Node node)
    {
        using var noComment = Writer(profile.MaxHtmlNormaliseBytes);
        using var noTags = Writer(profile.MaxHtmlNoTagsBytes);
        using var scripts = Writer(profile.MaxScriptNormaliseBytes);
        var normaliser = new HtmlNormaliser(noComment, noTags, scripts);
        var limit = LimitOf(profile.MaxHtmlNormaliseBytes);
        var head = node.Content.Peek(0, TextTest.Bytes);
        if (HtmlTest.Utf16OrderOf(head) is { } order)
        {
            var reduction = new Utf16Reduction(order);
            var reduced = ArrayPool<byte>.Shared.Rent((Step / 2) + 1);
            Read(node.Content, limit, bytes => normaliser.Append(reduced.AsSpan(0, reduction.Reduce(bytes, reduced))));
            ArrayPool<byte>.Shared.Return(reduced);
        }
        else
        {
            Read(node.Content, limit, normaliser.Append);
        }

        normaliser.Finish();
        var made = new List<ObjectContent>(3);
        try
        {
            made.Add(Complete(noComment, node));
            made.Add(Complete(noTags, node));
            made.Add(Complete(scripts, node));
            return made;
        }
        catch
        {
            made.ForEach(copy => copy.Dispose());
            throw;
        }
    }

    private void Read(ObjectContent content, long limit, ReadOnlySpanAction append)
    {
        var end = Math.Min(content.Length, limit);
        for (long start = 0; start < end; start += Step)
        {
            budget.Check();
            append(content.Window(start, (int)Math.Min(Step, end - start)));
        }
    }

    private CopyWriter Writer(long limit) =>
        new(Math.Min(LimitOf(limit), budget.RemainingBytes), profile, budget, scratch);

    private ObjectContent Complete(CopyWriter writer, Node node)
    {
        var content = writer.Complete();
        budget.ChargeBytes(content.Length);
        if (budget.RemainingBytes <= 0 && writer.IsCut)
        {
            ledger.Add(ScanCode.DecMaximumCumulativeExtractSizeExceeded, node.Path);
        }

        return content;
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
