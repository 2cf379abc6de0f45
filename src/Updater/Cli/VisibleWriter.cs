using System.Buffers;
using System.Globalization;
using System.Text;

namespace Updater.Cli;

/// <summary>
/// Text for a terminal: control characters in names and messages from outside become <c>\x1b</c> and the like, so that no
/// file name moves a cursor or rings a bell. Line ends and tabs stay. The one place for all human output; JSON escapes
/// them itself and passes unchanged.
/// </summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    private static readonly SearchValues<char> _unfit = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(c => char.IsControl(c) && !IsLayout(c))]);

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Without colour and layout: what takes a whole text and not a writer.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAny(_unfit) ? Escape(text) : text;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.ContainsAny(_unfit))
        {
            inner.Write(Escape(buffer));
        }
        else
        {
            inner.Write(buffer);
        }
    }

    public override void WriteLine(string? value)
    {
        // One call, so that lines of several threads do not mix.
        inner.WriteLine(Of(value ?? ""));
    }

    public override void WriteLine() => inner.WriteLine();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsLayout(char c) => c is '\n' or '\t' || (c == '\r' && Environment.NewLine.Length == 2);

    private static string Escape(ReadOnlySpan<char> text)
    {
        var visible = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = _unfit.Contains(c) ? visible.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : visible.Append(c);
        }

        return visible.ToString();
    }
}
