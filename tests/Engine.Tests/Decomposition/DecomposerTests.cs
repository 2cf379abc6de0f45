using System.IO.Compression;
using Engine.Decomposition;
using Engine.FileTypes;
using Testing;

namespace Engine.Tests.Decomposition;

public sealed class DecomposerTests
{
    [Fact]
    public void Shows_the_submitted_object_first_and_each_member_with_its_path()
    {
        var tar = Archive.Tar(("c", Eicar.Content));
        var seen = Decomposed.Of(Archive.Zip(("b.tar", tar), ("d.txt", Archive.Text("hello"))), "a.zip");

        Assert.Equal("a.zip,a.zip!b.tar,a.zip!b.tar!c,a.zip!d.txt", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[2].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-024"), Trait("req", "M-110")]
    public void Opens_ten_nested_zips_and_not_the_eleventh()
    {
        var ten = Decomposed.Of(Archive.Nested(10, Eicar.Content), "z");
        Assert.True(ten.Shows(Eicar.Content));
        Assert.Empty(ten.Codes);

        var eleven = Decomposed.Of(Archive.Nested(11, Eicar.Content), "z");
        var code = Assert.Single(eleven.Codes);
        Assert.Equal(ScanCode.DecMaximumDepthReached, code.Code);
        Assert.Equal("z" + string.Concat(Enumerable.Repeat("!inner.zip", 10)), code.Node);
        Assert.Equal(ScanStatus.Unscannable, eleven.Status);
        Assert.Equal(11, eleven.Nodes.Count);
    }

    [Fact]
    public void Counts_compressed_tars_as_one_level()
    {
        var bytes = Eicar.Content;
        for (var i = 0; i < 10; i++)
        {
            bytes = Archive.Gzip(Archive.Tar(("inner", bytes)));
        }

        var seen = Decomposed.Of(bytes, "a.tgz");
        Assert.Empty(seen.Codes);
        Assert.Equal(Eicar.Content, seen.Nodes[^1].Bytes);
        Assert.StartsWith("a.tgz!a.tar!inner!content!inner", seen.Nodes[^1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_a_chain_of_wrappers_that_has_no_levels()
    {
        var bytes = Eicar.Content;
        for (var i = 0; i < 49; i++)
        {
            bytes = Archive.Gzip(bytes);
        }

        var seen = Decomposed.Of(bytes);
        Assert.True(seen.Has(ScanCode.DecMaximumDepthReached));
        Assert.Equal(49, seen.Nodes.Count);
    }

    [Fact, Trait("req", "M-027"), Trait("req", "M-114")]
    public void Takes_as_many_members_as_allowed_and_tells_of_one_more()
    {
        var members = Enumerable.Range(0, 5001).Select(i => ($"m{i}", new[] { (byte)i })).ToArray();
        var allowed = Decomposed.Of(Archive.Zip(CompressionLevel.NoCompression, members[..5000]));
        Assert.Empty(allowed.Codes);
        Assert.Equal(5001, allowed.Nodes.Count);

        var tooMany = Decomposed.Of(Archive.Zip(CompressionLevel.NoCompression, members));
        Assert.Equal(ScanCode.DecMaximumFilesExtracted, Assert.Single(tooMany.Codes).Code);
        Assert.Equal(5001, tooMany.Nodes.Count);
    }

    [Fact, Trait("req", "M-027")]
    public void Counts_members_over_all_levels()
    {
        var profile = ScanProfile.Default with { MaxFileCount = 3 };
        var inner = Archive.Zip(("x", [1]), ("y", [2]));

        Assert.Empty(Decomposed.Of(Archive.Zip(("inner.zip", inner)), profile: profile).Codes);
        Assert.True(Decomposed.Of(Archive.Zip(("inner.zip", inner), ("z", [3])), profile: profile)
            .Has(ScanCode.DecMaximumFilesExtracted));
    }

    [Fact, Trait("req", "M-025"), Trait("req", "M-112")]
    public void Takes_a_member_of_exactly_the_size_limit_and_cuts_one_byte_more()
    {
        var profile = ScanProfile.Default with { MaxExtractSize = 1024 };
        Assert.Empty(Decomposed.Of(Archive.Zip(("m", new byte[1024])), profile: profile).Codes);

        var seen = Decomposed.Of(Archive.Zip(("m", new byte[1025]), ("n", Eicar.Content)), "a.zip", profile);
        Assert.True(seen.Has(ScanCode.DecMaximumExtractSizeExceeded, "a.zip!m"));
        Assert.Equal(1024, seen.Nodes[1].Length);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact, Trait("req", "M-022"), Trait("req", "M-113")]
    public void Takes_members_of_exactly_the_sum_limit_and_ends_at_one_byte_more()
    {
        var profile = ScanProfile.Default with { MaxCumulativeExtractSize = 4096 };
        (string, byte[])[] members = [("1", new byte[1024]), ("2", new byte[1024]), ("3", new byte[1024]), ("4", new byte[1024])];
        Assert.Empty(Decomposed.Of(Archive.Zip(members), profile: profile).Codes);

        var seen = Decomposed.Of(Archive.Zip([.. members, ("5", new byte[1024]), ("6", new byte[1024])]), "a.zip", profile);
        var code = Assert.Single(seen.Codes);
        Assert.Equal((ScanCode.DecMaximumCumulativeExtractSizeExceeded, "a.zip!5"), (code.Code, code.Node));
        Assert.Equal(6, seen.Nodes.Count);
    }

    [Fact, Trait("req", "M-026"), Trait("req", "M-111")]
    public void Stops_when_the_time_is_over()
    {
        var profile = ScanProfile.Default with { MaxExtractTime = TimeSpan.FromSeconds(1) };
        var seen = Decomposed.Of(
            Archive.Zip(("slow", Archive.Noise(3_000_000)), ("never", Eicar.Content)), profile: profile,
            time: new SteppingClock(TimeSpan.FromMilliseconds(50)));

        Assert.True(seen.Has(ScanCode.DecMaximumExtractTimeExceeded));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
        Assert.False(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Takes_zero_as_no_limit_where_the_table_says_so()
    {
        var profile = ScanProfile.Default with { MaxExtractSize = 0, MaxFileCount = 0, MaxExtractTime = TimeSpan.Zero };
        Assert.Empty(Decomposed.Of(Archive.Zip(("m", new byte[4096])), profile: profile).Codes);
    }

    [Fact, Trait("req", "M-028")]
    public void Bounds_a_gigabyte_of_zeros_in_memory_and_time()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("zeros").Open();
            var block = new byte[1 << 20];
            for (var i = 0; i < 1024; i++)
            {
                entry.Write(block);
            }
        }

        using var folder = new Testing.TempFolder();
        using var content = new Engine.Objects.MemoryContent(stream.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = TimeProvider.System.GetTimestamp();
        var seen = Decomposed.Of(content, scratch: folder.Root);
        Assert.True(seen.Has(ScanCode.DecMaximumExtractSizeExceeded));
        Assert.Equal(ScanProfile.Default.MaxExtractSize, seen.Nodes[1].Length);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Root));
    }

    [Fact, Trait("req", "M-028")]
    public void Bounds_a_bomb_of_many_small_bombs()
    {
        var layer = new byte[1 << 20];
        for (var level = 0; level < 4; level++)
        {
            layer = Archive.Zip([.. Enumerable.Range(0, 16).Select(i => ($"{level}-{i}", layer))]);
        }

        var profile = ScanProfile.Default with { MaxCumulativeExtractSize = 20 << 20 };
        var seen = Decomposed.Of(layer, profile: profile);
        Assert.True(seen.Has(ScanCode.DecMaximumCumulativeExtractSizeExceeded));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact, Trait("req", "M-143")]
    public void Leaves_members_below_the_minimum_alone()
    {
        var profile = ScanProfile.Default with { MinExtractSize = 10 };
        var seen = Decomposed.Of(Archive.Zip(("nine", new byte[9]), ("ten", new byte[10])), "a.zip", profile);
        Assert.True(seen.Has(ScanCode.DecLessThanMinimumExtractSize, "a.zip!nine"));
        Assert.Equal("a.zip,a.zip!ten", seen.Paths);
    }

    [Fact, Trait("req", "M-133")]
    public void Reports_a_reader_that_throws_and_goes_on_with_the_rest()
    {
        var seen = Decomposed.Of(
            Archive.Zip(("a.tar", Archive.Tar(("x", [1]))), ("b", Eicar.Content)), "z",
            open: (type, context) => type == ObjectType.Tar ? throw new InvalidOperationException("bug") : Containers.Open(type, context));
        Assert.True(seen.Has(ScanCode.DecScanEngineException, "z!a.tar"));
        Assert.True(seen.Shows(Eicar.Content));
        Assert.Equal(ScanStatus.Error, seen.Status);
    }

    [Fact, Trait("req", "M-126")]
    public void Reports_a_reader_that_cannot_be_closed()
    {
        var seen = Decomposed.Of(Archive.Zip(("x", [1])), "z", open: (type, context) => new BadlyClosing(Containers.Open(type, context)));
        Assert.True(seen.Has(ScanCode.DecCloseContainerFailed, "z"));
    }

    [Fact, Trait("req", "M-148")]
    public void Tells_of_unvisited_members_when_the_visitor_ends_the_walk()
    {
        var zip = Archive.Zip(("1", Eicar.Content), ("2", Eicar.Content));
        var first = Decomposed.Of(zip, "z", visit: node => node.Path != "z!1");
        Assert.True(first.Has(ScanCode.DecAbortedAfterFirstThreat, "z!1"));

        var last = Decomposed.Of(zip, "z", visit: node => node.Path != "z!2");
        Assert.Empty(last.Codes);
    }

    [Fact, Trait("req", "M-029")]
    public void Spills_members_over_the_memory_budget_and_leaves_no_file()
    {
        using var folder = new Testing.TempFolder();
        var payload = Archive.Join(Archive.Noise(2_000_000), Eicar.Content);
        using var content = new Engine.Objects.MemoryContent(Archive.Zip(("m", payload)));
        var profile = ScanProfile.Default with { MemoryBudgetBytes = 1 << 20 };
        var spilled = false;
        var seen = Decomposed.Of(content, profile: profile, scratch: folder.Root, visit: node =>
        {
            spilled |= node.Parent is not null && node.Content is Engine.Objects.FileContent;
            return true;
        });

        Assert.True(spilled);
        Assert.Equal(payload.Length, seen.Nodes[1].Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Root));

        spilled = false;
        Decomposed.Of(content, profile: ScanProfile.Default with { MemoryBudgetBytes = 1 << 30 }, scratch: folder.Path("unused"), visit: node =>
        {
            spilled |= node.Content is Engine.Objects.FileContent;
            return true;
        });
        Assert.False(spilled);
        Assert.False(Directory.Exists(folder.Path("unused")));
    }

    [Fact, Trait("req", "M-138")]
    public void Reports_a_scratch_folder_that_cannot_be_made_and_shows_what_came_out()
    {
        using var folder = new Testing.TempFolder();
        var file = folder.Write("file", "not a folder");
        using var content = new Engine.Objects.MemoryContent(Archive.Zip(("m", Archive.Join(Eicar.Content, Archive.Noise(300_000)))));
        var profile = ScanProfile.Default with { SpillBytes = 100_000 };
        var seen = Decomposed.Of(content, "z", profile, scratch: Path.Combine(file, "scratch"));
        Assert.True(seen.Has(ScanCode.DecTempDirAccessFailed, "z!m"));
        Assert.Equal(ScanStatus.Error, seen.Status);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Makes_hostile_names_printable()
    {
        var seen = Decomposed.Of(Archive.Zip(("a\n\u202Eexe\u0007", [1]), (new string('x', 60_000), [2])), "z");
        Assert.Equal("z!a\\u000A\\u202Eexe\\u0007", seen.Nodes[1].Path);
        Assert.Equal(2 + 255, seen.Nodes[2].Path.Length);
    }

    private sealed class BadlyClosing(IContainerReader inner) : IContainerReader
    {
        public bool TryReadNext([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Member? member) => inner.TryReadNext(out member);

        public void Dispose() => throw new IOException("closing failed");
    }
}
