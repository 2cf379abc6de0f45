using System.Buffers;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>The edits between OPEN and CLOSE, kept as one block of text and a table, to be applied in one pass.</summary>
internal sealed class MemberEdits(string name)
{
    private readonly ArrayBufferWriter<byte> _texts = new();
    private readonly ArrayBufferWriter<byte> _added = new();
    private readonly List<LineEdit> _edits = [];

    public string Name => name;

    public bool IsEmpty => _edits.Count == 0 && _added.WrittenCount == 0;

    public bool HasLineEdits => _edits.Count > 0;

    public void Add(ReadOnlySpan<byte> text)
    {
        _added.Write(text);
        _added.Write("\n"u8);
    }

    public void Delete(in CdiffCommand command) => Queue(command, hasText: false);

    public void Exchange(in CdiffCommand command) => Queue(command, hasText: true);

    /// <summary>Copies the file, editing lines by their number in the source; then appends.</summary>
    /// <exception cref="RefusedException"><c>PatchMismatch</c>: a line does not exist or starts otherwise.</exception>
    public void Apply(Stream source, MemberOutput target)
    {
        // Of several edits of a line the last one counts, as in the reference engine. The order of the script breaks ties.
        _edits.Sort((a, b) => a.Line != b.Line ? a.Line.CompareTo(b.Line) : a.Text.CompareTo(b.Text));
        var lines = new LineCopier(source, name);
        for (var i = 0; i < _edits.Count; i++)
        {
            var edit = _edits[i];
            if (i + 1 < _edits.Count && _edits[i + 1].Line == edit.Line)
            {
                continue;
            }

            lines.MoveTo(edit.Line, target);
            var texts = _texts.WrittenSpan[edit.Text..];
            if (lines.NextLine < edit.Line || !lines.StartsWith(texts[..edit.PrefixLength]))
            {
                throw PatchFault.Mismatch($"Line {edit.Line} of {name} does not exist, or does not start as the patch says.");
            }

            lines.MoveTo(edit.Line + 1, target: null);
            if (edit.NewLength >= 0)
            {
                target.Write(texts.Slice(edit.PrefixLength, edit.NewLength));
                target.Write("\n"u8);
            }
        }

        lines.MoveTo(long.MaxValue, target);
        target.Write(_added.WrittenSpan);
    }

    private void Queue(in CdiffCommand command, bool hasText)
    {
        _edits.Add(new LineEdit(command.Line, _texts.WrittenCount, command.Prefix.Length, hasText ? command.Text.Length : -1));
        _texts.Write(command.Prefix);
        _texts.Write(command.Text);

        // An edit without any text must have a place of its own too, as the place tells the order.
        _texts.Write("\n"u8);
    }

    /// <param name="Line">1-based, in the file as it was at OPEN.</param>
    /// <param name="Text">Where the prefix starts among the texts; the new line follows it.</param>
    /// <param name="PrefixLength">Bytes.</param>
    /// <param name="NewLength">Bytes of the new line without its end; -1 deletes.</param>
    private readonly record struct LineEdit(long Line, int Text, int PrefixLength, int NewLength);
}
