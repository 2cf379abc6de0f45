using MimeKit;

namespace Engine.Decomposition.Mail;

/// <summary>Where the parts of a mail lie; filled by <see cref="OutlineReader"/>.</summary>
internal sealed class MailOutline(ScanProfile profile, int maxParts)
{
    /// <summary>Header fields in one block; honest mails have some dozens.</summary>
    private const int MaxFields = 1000;

    private int _blockBytes;
    private int _blockFields;

    public List<MailPart> Parts { get; } = [];

    /// <summary>Codes for the mail itself.</summary>
    public List<ScanCode> Codes { get; } = [];

    public void BeginBlock()
    {
        _blockBytes = 0;
        _blockFields = 0;
    }

    /// <exception cref="ContainerException">The block is over its limits.</exception>
    public void ChargeField(int bytes)
    {
        _blockBytes += bytes;
        _blockFields++;
        if (_blockBytes > profile.MaxMailHeaderBytes || _blockFields > MaxFields)
        {
            throw new ContainerException(ScanCode.DecMimeParsingFailed, "A header block is over its limit.");
        }
    }

    /// <summary>Parts beyond the member limit are not listed: the walk ends before it gets there.</summary>
    public void Add(MailPart part)
    {
        if (Parts.Count >= maxParts)
        {
            throw new ContainerException(ScanCode.DecMaximumFilesExtracted, "The mail has more parts than may be looked at.");
        }

        Parts.Add(part);
    }
}

/// <summary>One part: a range of the mail's bytes, and how they are encoded.</summary>
/// <param name="Encodings">One for honest mails; each that a repeated header field names otherwise.</param>
/// <param name="IsMessage">Declared to be a mail.</param>
internal sealed record MailPart(
    string Name, long Start, long End, IReadOnlyList<ContentEncoding> Encodings, bool IsMessage)
{
    /// <summary>True when the mail itself names the part: an attachment.</summary>
    public bool IsNamed { get; init; }
}
