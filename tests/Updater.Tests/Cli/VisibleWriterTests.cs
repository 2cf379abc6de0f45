using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class VisibleWriterTests
{
    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n")]
    [InlineData("\u001b[31mred\u0007", "\\x1b[31mred\\x07")]
    [InlineData("a\rb\0\u007f\u009b", "a\\x0db\\x00\\x7f\\x9b")]
    [InlineData("ünïcode ✓", "ünïcode ✓")]
    public void Control_characters_are_shown_and_not_sent(string text, string shown)
    {
        foreach (var write in (Action<TextWriter>[])
            [w => w.Write(text), w => w.Write(text.ToCharArray()), w => w.Write(text.AsSpan()), w => text.ToList().ForEach(w.Write), w => w.Write("{0}", text)])
        {
            using var inner = new StringWriter { NewLine = "\n" };
            using var writer = new VisibleWriter(inner);
            write(writer);
            writer.WriteLine(text);
            Assert.Equal(shown + shown + "\n", inner.ToString());
        }
    }

    [Fact]
    public void Every_line_of_a_terminal_goes_through_it()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, isJson: false, isQuiet: false, isPlain: true);
        terminal.Note("\u001b]0;title\u0007");
        terminal.Fail("\u001b[2J");
        terminal.Output.WriteLine($"{'\u001b'}[2J");
        Assert.DoesNotContain('\u001b', output.ToString() + error);
        Assert.DoesNotContain('\u0007', error.ToString());
    }
}
