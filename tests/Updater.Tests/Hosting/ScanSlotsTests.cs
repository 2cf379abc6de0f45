using Updater.Cli;
using Updater.Hosting;

namespace Updater.Tests.Hosting;

public sealed class ScanSlotsTests
{
    [Fact, Trait("req", "M-020")]
    public async Task Fifty_at_once_never_exceed_the_cap_and_all_get_their_turn()
    {
        using var slots = new ScanSlots(4, 50);
        var running = 0;
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            using var slot = await slots.EnterAsync(CancellationToken.None);
            Assert.NotNull(slot);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
        })));

        Assert.InRange(most, 1, 4);
        Assert.Equal(0, slots.Busy);
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task One_more_than_slots_and_queue_is_refused_and_a_free_slot_goes_to_who_waits()
    {
        using var slots = new ScanSlots(1, 1);
        var first = await slots.EnterAsync(CancellationToken.None);
        var second = slots.EnterAsync(CancellationToken.None).AsTask();

        Assert.Null(await slots.EnterAsync(CancellationToken.None));
        Assert.Equal((1, 1, 1L), (slots.Busy, slots.Waiting, slots.Rejected));
        first!.Dispose();
        using var taken = await second;
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_queue()
    {
        using var slots = new ScanSlots(1, 1);
        using var first = await slots.EnterAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var second = slots.EnterAsync(stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task Parallel_work_keeps_the_order_of_its_items()
    {
        var results = new List<int>();
        await foreach (var result in OrderedWork.RunAsync(
            Enumerable.Range(0, 500),
            async (i, _) =>
            {
                for (var n = 0; n < i * 7 % 13; n++)
                {
                    await Task.Yield();
                }

                return i;
            },
            3,
            CancellationToken.None))
        {
            results.Add(result);
        }

        Assert.Equal(Enumerable.Range(0, 500), results);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
