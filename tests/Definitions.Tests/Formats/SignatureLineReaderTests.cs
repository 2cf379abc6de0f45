using System.Text;
using CsCheck;
using Definitions.Formats.ClamAv;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>Lines cut from a stream in bounded memory (clamav-formats.md §3.1).</summary>
public sealed class SignatureLineReaderTests
{
    [Fact]
    public void A_line_of_8191_bytes_with_its_end_is_the_longest()
    {
        Assert.False(ParsedSignatures.Of("t.ndb", BodyLine(8190) + "\n").IsMalformed);
        Assert.False(ParsedSignatures.Of("t.ndb", BodyLine(8191)).IsMalformed);
        Assert.Equal("SIG001", Assert.Single(ParsedSignatures.Of("t.ndb", BodyLine(8191) + "\n").Diagnostics).Code);
        Assert.Equal("SIG001", Assert.Single(ParsedSignatures.Of("t.ndb", BodyLine(8192)).Diagnostics).Code);
    }

    [Fact]
    public void A_line_without_end_is_passed_over_in_bounded_memory()
    {
        using var stream = new EndlessLine(bytes: 64 * 1024 * 1024, "\nT:0:*:414243\n");
        var reader = new SignatureLineReader(stream);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(LineStatus.TooLong, reader.Read(out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        Assert.Equal(LineStatus.Line, reader.Read(out var line));
        Assert.Equal("T:0:*:414243", Encoding.ASCII.GetString(line));
        Assert.Equal(LineStatus.End, reader.Read(out _));
        Assert.Equal(LineStatus.End, reader.Read(out _));
    }

    [Fact]
    public void However_the_stream_is_delivered_the_lines_are_the_same() =>
        Gen.Select(Gen.Char["ab\n\r"].Array[0, 400].Array[0, 4], Gen.Int[1, 50]).Sample((blocks, step) =>
        {
            var text = string.Concat(blocks.Select(block => new string(block)));
            var reader = new SignatureLineReader(new SlowStream(Encoding.ASCII.GetBytes(text), step));
            var lines = new List<string>();
            while (reader.Read(out var line) != LineStatus.End)
            {
                lines.Add(Encoding.ASCII.GetString(line));
            }

            var expected = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
            if (text.Length == 0 || text[^1] == '\n')
            {
                expected.RemoveAt(expected.Count - 1);
            }

            Assert.Equal(expected, lines);
        });

    private static string BodyLine(int length) => new string('T', length - 11) + ":0:*:414243";

    /// <summary>One byte value many times, then some text.</summary>
    private sealed class EndlessLine(long bytes, string end) : MemoryStream(Encoding.ASCII.GetBytes(end))
    {
        private long _left = bytes;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0)
            {
                return base.Read(buffer, offset, count);
            }

            var now = (int)Math.Min(_left, count);
            buffer.AsSpan(offset, now).Fill((byte)'A');
            _left -= now;
            return now;
        }
    }

    private sealed class SlowStream(byte[] content, int step) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(step, count));
    }
}
