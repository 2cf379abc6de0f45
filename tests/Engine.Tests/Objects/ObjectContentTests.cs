using Engine.Objects;
using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Objects;

public sealed class ObjectContentTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _bytes = Archive.Noise(100_000);

    public static TheoryData<string> Kinds => ["memory", "file", "slice", "pooled", "spooled"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Kinds))]
    public void Gives_the_asked_bytes_and_fewer_only_at_the_end(string kind)
    {
        using var content = Make(kind);
        Assert.Equal(_bytes.Length, content.Length);
        foreach (var (offset, count) in new[] { (0, 10), (5, 70_000), (99_990, 10), (99_990, 11), (100_000, 1), (200_000, 5), (7, 0) })
        {
            var expected = _bytes.AsSpan(Math.Min(offset, _bytes.Length), Math.Min(count, Math.Max(0, _bytes.Length - offset)));
            Assert.True(expected.SequenceEqual(content.Window(offset, count)));
            Assert.True(expected.SequenceEqual(content.Peek(offset, count)));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Keeps_a_window_while_something_else_is_peeked(string kind)
    {
        using var content = Make(kind);
        var window = content.Window(100, 1000);
        content.Peek(50_000, 40_000);
        Assert.True(_bytes.AsSpan(100, 1000).SequenceEqual(window));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Reads_as_a_stream(string kind)
    {
        using var content = Make(kind);
        var checks = 0;
        using var stream = new ContentStream(content, 10, 90_000, () => checks++);
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(_bytes[10..90_010], copy.ToArray());
        Assert.True(checks >= 3);
        stream.Seek(-1, SeekOrigin.End);
        Assert.Equal(_bytes[90_009], stream.ReadByte());
        Assert.Equal(-1, stream.ReadByte());
    }

    [Fact]
    public void Fails_when_the_file_shrinks()
    {
        var path = _folder.Write("f", _bytes);
        using var content = FileContent.Open(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(10);
        }

        Assert.Throws<IOException>(() => { content.Window(0, 100); });
    }

    [Fact]
    public void Cuts_a_slice_to_its_parent()
    {
        using var parent = new MemoryContent(_bytes);
        Assert.Equal(10, new SliceContent(parent, 99_990, 50).Length);
        Assert.Equal(0, new SliceContent(parent, 200_000, 50).Length);
    }

    [Fact]
    public void Refuses_bytes_over_the_limit_of_a_spool()
    {
        using var spool = new ContentSpool(100, 50, _folder.Path("scratch"));
        Assert.True(spool.TryWrite(_bytes.AsSpan(0, 100)));
        Assert.False(spool.TryWrite(_bytes.AsSpan(0, 1)));
        Assert.Equal(100, spool.Length);
        using var content = spool.Complete();
        Assert.True(_bytes.AsSpan(0, 100).SequenceEqual(content.Window(0, 200)));
    }

    [Fact]
    public void Spools_the_same_bytes_whatever_the_size_of_the_pieces()
    {
        foreach (var (memory, piece) in new[] { (0L, 1000), (1L << 20, 999), (20_000L, 7001), (99_999L, 100_000), (100_000L, 100_000) })
        {
            using var spool = new ContentSpool(long.MaxValue, memory, _folder.Path("scratch"));
            foreach (var part in _bytes.Chunk(piece))
            {
                Assert.True(spool.TryWrite(part));
            }

            using var content = spool.Complete();
            Assert.Equal(memory < _bytes.Length, content is FileContent);
            Assert.True(_bytes.AsSpan().SequenceEqual(content.Window(0, _bytes.Length)));
            Assert.Equal(OperatingSystem.IsWindows() && content is FileContent ? 1 : 0, ScratchFiles());
        }
    }

    [Fact]
    public void Sweeps_what_a_killed_process_left()
    {
        _folder.Write("scratch/0123.scratch", "left");
        _folder.Write("scratch/keep.txt", "not ours");
        new ScratchFolder(_folder.Path("scratch")).Sweep();
        Assert.Equal(1, ScratchFiles());
    }

    private int ScratchFiles() =>
        Directory.Exists(_folder.Path("scratch")) ? Directory.GetFiles(_folder.Path("scratch")).Length : 0;

    private ObjectContent Make(string kind)
    {
        switch (kind)
        {
            case "memory":
                return new MemoryContent(_bytes);
            case "file":
                return FileContent.Open(_folder.Write("f", _bytes));
            case "slice":
                return new SliceContent(new MemoryContent(Archive.Join(Archive.Noise(77), _bytes, Archive.Noise(9))), 77, _bytes.Length);
            default:
                using (var spool = new ContentSpool(long.MaxValue, kind == "pooled" ? 1 << 20 : 1000, _folder.Path("scratch")))
                {
                    spool.TryWrite(_bytes);
                    return spool.Complete();
                }
        }
    }
}
