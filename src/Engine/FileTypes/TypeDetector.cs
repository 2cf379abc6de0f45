using Engine.Objects;

namespace Engine.FileTypes;

/// <summary>
/// Tells an object's type by its first bytes alone (clamav-formats.md §4.2, §4.3): fixed magics, then tar, then text,
/// then what kind of text. Names and declared types never take a type away.
/// </summary>
internal static class TypeDetector
{
    /// <summary>Bytes looked at; the text and HTML tests stop at <see cref="TextTest.Bytes"/>.</summary>
    public const int HeadBytes = 2048;

    /// <exception cref="IOException">The object could not be read.</exception>
    public static ObjectType Detect(ObjectContent content) =>
        Detect(content.Peek(0, HeadBytes));

    /// <summary>By the file type magic of a signature set where there is one (clamav-formats.md §4.1), else as built in.</summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static ObjectType Detect(ObjectContent content, TypeTable? table)
    {
        var head = content.Peek(0, HeadBytes);
        if (table is null)
        {
            return Detect(head);
        }

        if (table.FindFixed(head) is { } name && TypeNames.ToObject(name) is { } byName)
        {
            return byName;
        }

        // What can be opened is opened, whether the set knows of it or not.
        var builtIn = Detect(head);
        var text = TextTest.Classify(head);
        if (Decomposition.Containers.IsContainer(builtIn) || (!table.ReplacesBuiltIn && builtIn != text))
        {
            return builtIn;
        }

        return table.FindPattern(head, TypeNames.OfText(text, head)) is { } found && TypeNames.ToObject(found) is { } byPattern
            ? byPattern
            : text;
    }

    /// <param name="head">The object's first <see cref="HeadBytes"/> bytes, or all of it.</param>
    public static ObjectType Detect(ReadOnlySpan<byte> head)
    {
        if (Magics.Find(head) is { } byMagic)
        {
            return byMagic;
        }

        if (TarTest.IsTar(head))
        {
            return ObjectType.Tar;
        }

        var text = TextTest.Classify(head);
        if (MailTest.IsMail(head))
        {
            return ObjectType.Mail;
        }

        return HtmlTest.IsHtml(head) ? ObjectType.Html : text;
    }
}
