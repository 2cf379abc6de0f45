using System.Globalization;
using System.Text;
using Definitions.Signatures;
using Engine.Images;
using Testing;

namespace Engine.Tests.Images;

/// <summary>The compiler with several cores, and what it tells on the way. The files are longer than one block.</summary>
public sealed class ParallelCompileTests
{
    [Fact]
    public void The_image_does_not_depend_on_the_number_of_cores()
    {
        using var folder = new TempFolder();
        var files = Files(folder);
        var (first, report) = Compile(folder, files, cores: 1);
        foreach (var cores in (int[])[2, 3, 8])
        {
            var (image, other) = Compile(folder, files, cores);
            Assert.True(first.AsSpan().SequenceEqual(image), $"{cores} cores");
            Assert.Equal(report.Diagnostics.Select(d => d.ToString()), other.Diagnostics.Select(d => d.ToString()));
            Assert.Equal(report.AcceptedByExtension, other.AcceptedByExtension);
            Assert.Equal(report.Lines, other.Lines);
            Assert.Equal(report.Signatures, other.Signatures);
        }

        Assert.Contains(report.Diagnostics, d => d is { Code: "SIG011", File: "b.hdb", Line: 6001 });
        Assert.Contains(report.Diagnostics, d => d is { Code: "IMG003", File: "c.ndb" });
    }

    [Fact]
    public void Progress_rises_and_reaches_the_end_of_every_stage()
    {
        using var folder = new TempFolder();
        var told = new List<CompileProgress>();
        Compile(folder, Files(folder), cores: 2, told.Add);
        var last = 0.0;
        foreach (var progress in told)
        {
            Assert.True(progress.Share >= last, $"{progress} after {last}");
            last = progress.Share;
        }

        Assert.Equal(1, last);
        foreach (var stage in Enum.GetValues<CompileStage>())
        {
            var end = told.Last(progress => progress.Stage == stage);
            Assert.Equal(end.Total, end.Done);
            Assert.NotEqual(0, end.Total);
        }
    }

    [Theory]
    [InlineData(CompileStage.Reading)]
    [InlineData(CompileStage.Parsing)]
    [InlineData(CompileStage.Sorting)]
    [InlineData(CompileStage.Writing)]
    public void Stops_when_asked_and_leaves_nothing(CompileStage stage)
    {
        using var folder = new TempFolder();
        var files = Files(folder);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Compile(
            folder, files, cores: 2,
            progress =>
            {
                if (progress.Stage == stage)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(Path.GetDirectoryName(files[0])!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Digests_that_begin_alike_are_sorted_and_found()
    {
        var lines = new StringBuilder();
        var random = new Random(5);
        var digests = Enumerable.Range(0, 3000).Select(i => $"00112233445566778899aabb{random.Next():x8}").ToArray();
        for (var i = 0; i < digests.Length; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{digests[i]}:{i + 1}:D{i}\n");
        }

        // Opening verifies the order of the table.
        using var image = new CompiledImage(("a.hdb", lines.ToString()));
        var table = image.Opened.Tables.Hashes(HashPurpose.Detect, HashKind.Md5, isAnySize: false);
        var found = new Engine.Matching.PositionList();
        for (var i = 0; i < digests.Length; i += 7)
        {
            Assert.True(Engine.Matching.HashIndex.Find(image.Opened, table, Convert.FromHexString(digests[i]), i + 1, found));
        }
    }

    [Fact]
    public void What_waits_in_a_file_is_read_back_and_the_file_is_gone()
    {
        using var folder = new TempFolder();
        var path = folder.Path("waiting");
        var bytes = new byte[45 << 20];
        new Random(4).NextBytes(bytes);
        using (var spill = new SpillFile(path))
        {
            var section = new SegmentedBytes(spill);
            for (var at = 0; at < bytes.Length; at += 1_000_003)
            {
                section.Add(bytes.AsSpan(at, Math.Min(1_000_003, bytes.Length - at)));
            }

            Assert.Equal(bytes.Length, section.Length);
            var copy = new byte[bytes.Length - 5];
            section.CopyTo(5, copy);
            Assert.True(copy.AsSpan().SequenceEqual(bytes.AsSpan(5)));
            foreach (var at in (int[])[0, (1 << 20) - 3, (20 << 20) + 7, bytes.Length - 9])
            {
                Assert.True(section.Slice(at, 9).SequenceEqual(bytes.AsSpan(at, 9)));
            }
        }

        Assert.False(File.Exists(path));
    }

    private static (byte[] Image, CompileReport Report) Compile(
        TempFolder folder, string[] files, int cores, Action<CompileProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var path = folder.Path("out.image");
        var report = ImageCompiler.Compile(
            new CompileRequest
            {
                Inputs = [new CompileInput(CompiledImage.Package, IsOfficial: false, IsLenient: true, files)],
                MaxCores = cores,
                Progress = progress,
            },
            path,
            cancellationToken);
        Image.Verify(path, CancellationToken.None);
        var image = File.ReadAllBytes(path);
        File.Delete(path);
        return (image, report);
    }

    /// <summary>Some of everything: digests with malformed lines between them, bodies, logical signatures, an ignore list.</summary>
    private static string[] Files(TempFolder folder)
    {
        var random = new Random(11);
        string Hex(int bytes)
        {
            var value = new byte[bytes];
            random.NextBytes(value);
            return Convert.ToHexStringLower(value);
        }

        var (sections, hashes, bodies, logical) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder());
        for (var i = 0; i < 12_000; i++)
        {
            hashes.Append(i == 6000 ? "zz" : Hex(1)).Append(Hex(i % 2 == 0 ? 15 : 31)).Append(CultureInfo.InvariantCulture, $":{random.Next(1, 90_000)}:H.{i / 10}-{i}\r\n");
            sections.Append(CultureInfo.InvariantCulture, $"{random.Next(1, 90_000)}:{Hex(16)}:S.{i / 10}-{i}\n");
        }

        for (var i = 0; i < 3_000; i++)
        {
            var wide = i == 1500 ? string.Concat(Enumerable.Repeat("{127}", 600)) : "";
            bodies.Append(CultureInfo.InvariantCulture, $"B-{i}:{i % 2}:*:{Hex(30)}{wide}{Hex(20)}*{Hex(10)}\n");
            logical.Append(CultureInfo.InvariantCulture, $"L-{i};Engine:51-255,Target:{i % 2};(0|1)&2;{Hex(20)};{Hex(4)};{Hex(9)}::wai\n");
        }

        return
        [
            folder.Write("in/a.mdb", sections.ToString()), folder.Write("in/b.hdb", hashes.ToString()),
            folder.Write("in/c.ndb", bodies.ToString()), folder.Write("in/d.ldb", logical.ToString()),
            folder.Write("in/e.ign2", "H.3-33\nB-44\nL-55:00112233445566778899aabbccddeeff\n"),
        ];
    }
}
