using System.Text;
using Engine.Images;
using Engine.Matching;
using Engine.Tests.Images;

namespace Engine.Tests.Matching;

/// <summary>Which windows bodies are looked for by, seen from what wakes them.</summary>
public sealed class AnchorModelTests
{
    private static readonly byte[] _run = Run();

    /// <summary>
    /// Hundreds of bodies that begin alike, on data that is nothing but that beginning: verifying each of them at every
    /// turn would cost a hundred times what searching does.
    /// </summary>
    [Theory]
    [InlineData("{0}{1}")]
    [InlineData("{1}{0}")]
    [InlineData("{0}??{1}")]
    [InlineData("{0}{{4-20}}{1}")]
    [InlineData("{0}*{1}")]
    public void Data_of_what_many_bodies_share_wakes_few_of_them(string form)
    {
        var random = new Random(11);
        var lines = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            var own = new byte[8];
            random.NextBytes(own);
            lines.Append('F').Append(i).Append(":0:*:")
                .AppendFormat(null, form, Convert.ToHexStringLower(_run), Convert.ToHexStringLower(own)).Append('\n');
        }

        using var image = new CompiledImage(("a.ndb", lines.ToString()));
        var data = new byte[_run.Length * 1000];
        for (var at = 0; at < data.Length; at += _run.Length)
        {
            _run.CopyTo(data, at);
        }

        var sink = new WakeCounter();
        new GramSearcher(SearchPlan.Of([image.Opened])).Search(data, 0, data.Length, 0, sink);
        Assert.InRange(sink.Count, 0, data.Length * 2 / 3);
    }

    [Fact]
    public void A_window_of_one_value_is_no_long_window()
    {
        using var image = new CompiledImage(("a.ndb", "A:0:*:0000000000000000000000000000000000000000\nB:0:*:2020002000200020002000200020002000200020\n"));
        Assert.False(image.Opened.Tables.Windows(GramClass.Eight).IsPresent);
        Assert.Equal(2, image.Match([1, .. new byte[30], .. Convert.FromHexString("2020002000200020002000200020002000200020")]).Count);
    }

    [Fact]
    public void The_rarest_stretch_of_a_body_is_what_is_looked_for()
    {
        using var image = new CompiledImage(("a.ndb", "A:0:*:00000000e1d2c3b4a5968778695a4b3c2d000000000000000000000000000000\n"));
        var windows = image.Opened.Tables.Windows(GramClass.Eight);
        Assert.Equal(1, windows.Entries.Count);
        var window = BitConverter.GetBytes(windows.WindowAt(image.Opened, 0));
        Assert.InRange("e1d2c3b4a5968778695a4b3c2d".IndexOf(Convert.ToHexStringLower(window), StringComparison.Ordinal), 0, 26);
    }

    private static byte[] Run()
    {
        var run = new byte[24];
        new Random(12).NextBytes(run);
        return run;
    }

    private sealed class WakeCounter : AnchorSink
    {
        public int Count { get; private set; }

        public override bool OnAnchor(ReadOnlySpan<byte> window, int position, int shard, uint body)
        {
            Count++;
            return true;
        }

        public override bool OnPlace(long place, int shard, uint body) => throw new InvalidOperationException("There is no place in these sets.");
    }
}
