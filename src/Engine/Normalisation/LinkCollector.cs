using System.Text;

namespace Engine.Normalisation;

/// <summary>A link of a document: where it leads, and what it shows; both as they stand in the document.</summary>
internal readonly record struct DisplayedLink(string Target, string Text);

/// <summary>
/// Collects the links of an HTML document while it is normalised: the target of <c>a</c> with the text up to its end
/// and with its title, and the target of <c>form</c>. At most <see cref="MaxLinks"/>, each cut to
/// <see cref="MaxLength"/> bytes.
/// </summary>
internal sealed class LinkCollector
{
    /// <summary>Links beyond are not looked at: no mail that people read has so many.</summary>
    public const int MaxLinks = 2000;

    /// <summary>Of a target, and of a text.</summary>
    public const int MaxLength = 1022;

    private readonly List<DisplayedLink> _links = [];
    private readonly ByteAppender _target = new();
    private readonly ByteAppender _title = new();
    private readonly ByteAppender _text = new();
    private ByteAppender? _value;
    private string? _open;

    public IReadOnlyList<DisplayedLink> Links => _links;

    public void BeginTag()
    {
        _target.Clear();
        _title.Clear();
        _value = null;
    }

    /// <summary>An attribute's value follows.</summary>
    public void BeginValue(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> attribute)
    {
        var isTarget = (tag.SequenceEqual("a"u8) && attribute.SequenceEqual("href"u8))
            || (tag.SequenceEqual("form"u8) && attribute.SequenceEqual("action"u8));
        var isTitle = tag.SequenceEqual("a"u8) && attribute.SequenceEqual("title"u8);
        _value = isTarget && _target.Length == 0 ? _target : isTitle && _title.Length == 0 ? _title : null;
    }

    public void AppendValue(byte value)
    {
        if (_value is { Length: < MaxLength })
        {
            _value.Append(value);
        }
    }

    public void EndTag(ReadOnlySpan<byte> tag)
    {
        if (tag.SequenceEqual("a"u8) || tag.SequenceEqual("/a"u8))
        {
            Close();
        }

        if (_target.Length > 0)
        {
            var target = Latin1(_target);
            if (tag.SequenceEqual("a"u8))
            {
                _open = target;
                Add(new DisplayedLink(target, Latin1(_title)), isNeeded: _title.Length > 0);
            }
            else
            {
                Add(new DisplayedLink(target, ""), isNeeded: true);
            }
        }

        _target.Clear();
        _title.Clear();
        _value = null;
    }

    public void AppendText(ReadOnlySpan<byte> text)
    {
        if (_open is not null && _text.Length + text.Length <= MaxLength)
        {
            _text.Append(text);
        }
    }

    /// <summary>The document's end.</summary>
    public void Close()
    {
        if (_open is { } target)
        {
            Add(new DisplayedLink(target, Latin1(_text)), isNeeded: true);
        }

        _open = null;
        _text.Clear();
    }

    private static string Latin1(ByteAppender bytes) => Encoding.Latin1.GetString(bytes.Written);

    private void Add(DisplayedLink link, bool isNeeded)
    {
        if (isNeeded && _links.Count < MaxLinks)
        {
            _links.Add(link);
        }
    }
}
