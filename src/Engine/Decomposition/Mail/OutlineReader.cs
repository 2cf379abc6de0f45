using System.Globalization;
using MimeKit;
using MimeKit.Utils;

namespace Engine.Decomposition.Mail;

/// <summary>
/// Notes the ranges of a mail's parts while MimeKit passes over it; builds no tree and keeps no content. Attached mails
/// are noted as a whole and opened as nodes of their own, so what is inside them is not noted here.
/// </summary>
internal sealed class OutlineReader(ParserOptions options, HeaderWatchStream watched, MimeFormat format, MailOutline outline)
    : MimeReader(options, watched, format), IDisposable
{
    // Shorter leftovers around parts are line ends.
    private const int MinLooseBytes = 16;

    private static readonly ContentEncoding[] Identity = [ContentEncoding.Default];

    private readonly List<ContentEncoding> _encodings = [];
    private string? _fileName;
    private int _messages;
    private int _parts;
    private string _partName = "";
    private ContentEncoding[] _partEncodings = Identity;
    private bool _isMessagePart;
    private bool _isNamed;

    public void Dispose()
    {
        // The watched stream belongs to the caller.
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        watched.Progress();
        outline.BeginBlock();
        _encodings.Clear();
        _fileName = null;
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        watched.Progress();
        outline.ChargeField(header.RawField.Length + header.RawValue.Length);
        if (header.Id == HeaderId.ContentTransferEncoding)
        {
            // An unknown encoding is read as none: the part is seen as it stands.
            _encodings.Add(MimeUtils.TryParse(header.Value, out ContentEncoding encoding) ? encoding : ContentEncoding.Default);
        }
        else if (header.Id == HeaderId.ContentDisposition
            && ContentDisposition.TryParse(Options, header.RawValue, out var disposition))
        {
            _fileName ??= disposition.FileName;
        }
    }

    protected override void OnMimePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        watched.Progress();
        if (_messages > 0)
        {
            return;
        }

        BeginPart(contentType);
        if (contentType.IsMimeType("multipart", "*"))
        {
            // A multipart comes as a leaf when it is nested deeper than the parser goes.
            outline.Codes.Add(ScanCode.DecMimeParsingFailed);
        }
    }

    protected override void OnMimePartContentRead(
        byte[] content, int startIndex, int count, CancellationToken cancellationToken) => watched.Progress();

    protected override void OnMimePartContentEnd(
        long beginOffset, int beginLineNumber, long endOffset, int lines, NewLineFormat? newLineFormat,
        CancellationToken cancellationToken)
    {
        watched.Progress();
        if (_messages == 0)
        {
            outline.Add(new MailPart(_partName, beginOffset, endOffset, _partEncodings, _isMessagePart) { IsNamed = _isNamed });
        }
    }

    protected override void OnMessagePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        watched.Progress();
        if (_messages++ == 0)
        {
            BeginPart(contentType);
        }
    }

    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken)
    {
        watched.Progress();
        if (--_messages == 0)
        {
            outline.Add(new MailPart(_partName, headersEndOffset, endOffset, Identity, IsMessage: true) { IsNamed = _isNamed });
        }
    }

    protected override void OnMultipartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        watched.Progress();
        if (_messages == 0 && string.IsNullOrEmpty(contentType.Boundary))
        {
            outline.Codes.Add(ScanCode.DecMimeParsingFailed);
        }
    }

    protected override void OnMultipartPreambleRead(
        byte[] content, int startIndex, int count, CancellationToken cancellationToken) => watched.Progress();

    protected override void OnMultipartPreambleEnd(
        long beginOffset, int beginLineNumber, long endOffset, int lines, CancellationToken cancellationToken) =>
        AddLoose("preamble", beginOffset, endOffset);

    protected override void OnMultipartEpilogueRead(
        byte[] content, int startIndex, int count, CancellationToken cancellationToken) => watched.Progress();

    protected override void OnMultipartEpilogueEnd(
        long beginOffset, int beginLineNumber, long endOffset, int lines, CancellationToken cancellationToken) =>
        AddLoose("epilogue", beginOffset, endOffset);

    protected override void OnMultipartBoundaryBegin(
        long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => watched.Progress();

    protected override void OnMultipartBoundaryRead(
        byte[] boundary, int startIndex, int count, long beginOffset, int lineNumber, CancellationToken cancellationToken) =>
        watched.Progress();

    protected override void OnMboxMarkerRead(
        byte[] marker, int startIndex, int count, long beginOffset, int lineNumber, CancellationToken cancellationToken) =>
        watched.Progress();

    private void AddLoose(string name, long start, long end)
    {
        watched.Progress();
        if (_messages == 0 && end - start >= MinLooseBytes)
        {
            outline.Add(new MailPart(name, start, end, Identity, IsMessage: false));
        }
    }

    private void BeginPart(ContentType contentType)
    {
        if (contentType.IsMimeType("message", "partial"))
        {
            outline.Codes.Add(ScanCode.DecPartialMessageDetected);
        }

        _parts++;
        _isMessagePart = contentType.IsMimeType("message", "*");
        _partEncodings = _encodings.Count == 0 ? Identity : [.. _encodings.Distinct()];
        var name = _fileName ?? contentType.Name;
        _isNamed = !string.IsNullOrEmpty(name);
        _partName = string.IsNullOrEmpty(name)
            ? string.Create(CultureInfo.InvariantCulture, $"part{_parts}")
            : name;
    }
}
