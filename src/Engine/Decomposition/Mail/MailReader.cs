using System.Diagnostics.CodeAnalysis;
using Engine.FileTypes;
using Engine.Objects;
using MimeKit;

namespace Engine.Decomposition.Mail;

/// <summary>
/// Opens a mail, or a file of several: every part decoded, attached mails as objects of their own, preambles and
/// epilogues as they stand. What the parser refuses stays matched as raw bytes and is told by a code.
/// </summary>
internal sealed class MailReader : IContainerReader
{
    private readonly ReaderContext _context;
    private readonly IEnumerator<Member> _members;

    public MailReader(ReaderContext context)
    {
        _context = context;
        _members = List(Parse()).GetEnumerator();
    }

    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        member = _members.MoveNext() ? _members.Current : null;
        return member is not null;
    }

    public void Dispose() => _members.Dispose();

    [SuppressMessage("Design", "CA1031", Justification = "Border of MimeKit; every fault becomes a code.")]
    [SuppressMessage("Reliability", "CA2000", Justification = "The watched stream disposes the one under it.")]
    private MailOutline Parse()
    {
        var outline = new MailOutline(_context.Profile, _context.Budget.MaxListedMembers);
        if (_context.Content.Length == 0)
        {
            return outline;
        }

        using var watched = new HeaderWatchStream(_context.OpenStream(), _context.Profile.MaxMailHeaderBytes);
        try
        {
            var isMailbox = _context.Content.Peek(0, 5).SequenceEqual("From "u8);
            using var reader = new OutlineReader(
                Options(), watched, isMailbox ? MimeFormat.Mbox : MimeFormat.Entity, outline);
            do
            {
                reader.ReadMessage(CancellationToken.None);
            }
            while (isMailbox && !reader.IsEndOfStream);
        }
        catch (ContainerException e)
        {
            outline.Codes.Add(e.Code);
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the walk from MimeKit, which throws FormatException for some first lines and may have bugs.
            outline.Codes.Add(ScanCode.DecMimeParsingFailed);
        }

        foreach (var code in outline.Codes.Distinct())
        {
            _context.Report(code);
        }

        return outline;
    }

    // The parser descends on the call stack; entities below this arrive as text.
    private ParserOptions Options() => new() { MaxMimeDepth = _context.Profile.MaxExtractDepth + 2 };

    private IEnumerable<Member> List(MailOutline outline)
    {
        foreach (var part in outline.Parts)
        {
            for (var i = 0; i < part.Encodings.Count; i++)
            {
                yield return MemberOf(part, part.Encodings[i], isExtra: i > 0);
            }
        }
    }

    // Sizes are those of the decoded part, and there is no position (clamscan 1.4.6).
    private static MemberFacts? FactsOf(MailPart part, bool isExtra) => part.IsNamed && !isExtra ? new MemberFacts(part.Name) : null;

    private Member MemberOf(MailPart part, ContentEncoding encoding, bool isExtra) =>
        encoding is ContentEncoding.Base64 or ContentEncoding.QuotedPrintable or ContentEncoding.UUEncode
            ? new Member
            {
                Name = part.Name,
                DeclaredType = part.IsMessage ? ObjectType.Mail : null,
                IsExtraReading = isExtra,
                Facts = FactsOf(part, isExtra),
                Open = () => new TransferDecodingStream(_context.OpenStream(part.Start, part.End - part.Start), encoding),
            }
            : new Member
            {
                Name = part.Name,
                DeclaredType = part.IsMessage ? ObjectType.Mail : null,
                Facts = FactsOf(part, isExtra),
                View = new SliceContent(_context.Content, part.Start, part.End - part.Start),
            };
}
