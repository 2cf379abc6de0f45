using Microsoft.Extensions.Time.Testing;
using Updater.Hosting;

namespace Updater.Tests.Hosting;

public sealed class IdleMemoryTests
{
    [Fact]
    public void Gives_memory_back_only_after_work_and_only_when_it_is_quiet()
    {
        var time = new FakeTimeProvider();
        long allocated = 50_000_000;
        var collections = 0;
        using var memory = new IdleMemory(time, () => allocated, () => collections++);

        // The start itself was work.
        Pass(1, bytes: 0);
        Assert.Equal(0, collections);
        Pass(10, bytes: 100_000);
        Assert.Equal(IdleMemory.Rounds, collections);

        Pass(10, bytes: IdleMemory.BusyBytes + 1);
        Assert.Equal(IdleMemory.Rounds, collections);
        Pass(10, bytes: 100_000);
        Assert.Equal(2 * IdleMemory.Rounds, collections);

        void Pass(int intervals, long bytes)
        {
            for (var i = 0; i < intervals; i++)
            {
                allocated += bytes;
                time.Advance(IdleMemory.Interval);
            }
        }
    }
}
