using System.Diagnostics;
using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

namespace Engine.Tests.Images;

public sealed class ActiveImageTests
{
    [Fact]
    public void There_is_no_lease_without_definitions()
    {
        using var active = new ActiveImage();
        Assert.Null(active.TryLease());
        Assert.Null(active.Generation);
        Assert.Equal(0, active.MappedImages);
    }

    [Fact]
    [Trait("req", "M-212")]
    public void A_lease_keeps_its_generation_over_a_swap()
    {
        using var folder = new TempFolder();
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), Open(folder, 1));
        var old = active.TryLease()!;
        active.Swap(new GenerationId(2, default), Open(folder, 2));
        using (var next = active.TryLease()!)
        {
            Assert.Equal(2, next.Generation.Number);
        }

        Assert.Equal(1, old.Generation.Number);
        Assert.Equal("Gen-1", NameFoundWith(old.Images));
        Assert.Equal(2, active.MappedImages);
        old.Dispose();
        AssertMapped(active, 1);
    }

    [Fact]
    public void A_second_dispose_of_a_lease_does_nothing()
    {
        using var folder = new TempFolder();
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), Open(folder, 1));
        var lease = active.TryLease()!;
        lease.Dispose();
        lease.Dispose();
        using var another = active.TryLease()!;
        Assert.Equal("Gen-1", NameFoundWith(another.Images));
    }

    [Fact]
    public void Dispose_unmaps_after_the_last_lease()
    {
        using var folder = new TempFolder();
        var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), Open(folder, 1));
        var lease = active.TryLease()!;
        active.Dispose();
        Assert.Null(active.TryLease());
        Assert.Equal("Gen-1", NameFoundWith(lease.Images));
        lease.Dispose();
        AssertMapped(active, 0);
    }

    [Fact]
    [Trait("req", "M-212")]
    public async Task Scans_over_many_swaps_each_see_one_generation_and_no_swap_waits()
    {
        using var folder = new TempFolder();
        using var active = new ActiveImage();
        var paths = Enumerable.Range(0, 4).Select(i => Compile(folder, i)).ToArray();
        active.Swap(new GenerationId(0, default), new ImageSet(Image.Open(paths[0])));
        using var held = active.TryLease()!;
        using var isSwapped = new CancellationTokenSource();
        var scans = 0;
        var generations = new System.Collections.Concurrent.ConcurrentDictionary<long, int>();

        void Scan()
        {
            var last = -1L;
            while (!isSwapped.IsCancellationRequested || Volatile.Read(ref scans) < 10_000)
            {
                using var lease = active.TryLease()!;
                Assert.True(lease.Generation.Number >= last, "A later lease got an older generation.");
                last = lease.Generation.Number;
                Assert.Equal($"Gen-{last % 4}", NameFoundWith(lease.Images));
                generations[last] = 1;
                Interlocked.Increment(ref scans);
            }
        }

        var scanners = Enumerable.Range(0, 6).Select(_ => Task.Run(Scan)).ToArray();
        for (var number = 1; number <= 200; number++)
        {
            // The first generation is held all the while: no swap may wait for it.
            active.Swap(new GenerationId(number, default), new ImageSet(Image.Open(paths[number % 4])));
            var seen = number;
            SpinWait.SpinUntil(() => generations.ContainsKey(seen), TimeSpan.FromSeconds(5));
        }

        await isSwapped.CancelAsync();
        await Task.WhenAll(scanners);
        Assert.InRange(scans, 10_000, int.MaxValue);
        Assert.InRange(generations.Count, 50, 201);
        AssertMapped(active, 2);
        held.Dispose();
        AssertMapped(active, 1);
    }

    private static string Compile(TempFolder folder, int number)
    {
        var file = folder.Write($"{number}/a.ndb", $"Gen-{number}:0:*:414243\n");
        var path = folder.Path($"{number}.image");
        ImageCompiler.Compile(
            new CompileRequest { Inputs = [new CompileInput(CompiledImage.Package, true, false, [file])] },
            path,
            CancellationToken.None);
        return path;
    }

    private static ImageSet Open(TempFolder folder, int number) => new(Image.Open(Compile(folder, number)));

    private static string NameFoundWith(ImageSet images)
    {
        var hits = new List<SignatureHit>();
        new ObjectMatcher(images).Match(MatchSubject.Raw(new MemoryContent("..ABC.."u8.ToArray()), ObjectType.Binary), false, hits, static () => { });
        return Assert.Single(hits).Signature;
    }

    /// <summary>Unmapping happens on another thread, soon.</summary>
    private static void AssertMapped(ActiveImage active, int count)
    {
        var clock = Stopwatch.StartNew();
        Assert.True(
            SpinWait.SpinUntil(() => active.MappedImages == count, TimeSpan.FromSeconds(10)),
            $"{active.MappedImages} images are mapped after {clock.Elapsed}, not {count}.");
    }
}
