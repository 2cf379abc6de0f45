using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Conformance;

/// <summary>10,000 scans while the generation is exchanged 50 times (M-212).</summary>
public sealed class SwapLoadTests(ITestOutputHelper output)
{
    private const int Scans = 10_000;
    private const int Swaps = 50;
    private const int Clients = 4;

    [Fact]
    [Trait("req", "M-212")]
    public async Task Scans_across_swaps_never_fail_and_each_sees_one_generation()
    {
        var marker = "updater-conformance-marker-first";
        await using var scenario = await Scenario.CreateAsync(files: ("test.ndb", Samples.Line("Name.In.One", marker)));
        await using var service = await scenario.StartAsync();
        var one = (string)(await service.GetAsync("v1/version"))["generation"]!;
        scenario.Publisher.Publish("core", Scenario.V2, ("test.ndb", Samples.Line("Name.In.Two", marker)));
        await service.UpdateAsync();
        var two = (string)(await service.GetAsync("v1/version"))["generation"]!;
        Assert.NotEqual(one, two);

        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [one] = "Name.In.One", [two] = "Name.In.Two" };
        await ScanAllAsync(service, names, scans: 1000, new ConcurrentDictionary<string, int>());
        var memoryBefore = service.ResidentBytes();

        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var swapping = SwapAsync(service, one, two, seen);
        var longest = await ScanAllAsync(service, names, Scans, seen);
        await swapping;
        var memoryAfter = service.ResidentBytes();

        Assert.Equal(2, seen.Count);
        Assert.Equal(Scans, seen.Values.Sum());
        await service.UntilAsync("only the active image is mapped", async () =>
            (await service.Http.GetStringAsync("metrics")).Contains("updater_images_mapped 1\n", StringComparison.Ordinal));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Scans} scans, {Swaps} swaps, longest scan {longest.TotalMilliseconds:F1} ms, resident {memoryBefore >> 20} MiB before and {memoryAfter >> 20} MiB after"));
        Assert.True(memoryAfter - memoryBefore < 64L << 20, $"resident memory grew from {memoryBefore} to {memoryAfter} bytes");
    }

    /// <summary>Exchanges the generation through the API, evenly over the load.</summary>
    private static async Task SwapAsync(ServiceProcess service, string one, string two, ConcurrentDictionary<string, int> seen)
    {
        for (var i = 0; i < Swaps; i++)
        {
            var due = i * (Scans / Swaps);
            await service.UntilAsync($"{due} scans are done", () => Task.FromResult(seen.Values.Sum() >= due));
            using var answer = await service.Http.PostAsJsonAsync("v1/rollback", new { to = i % 2 == 0 ? one : two, hold = "1h" });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    private static async Task<TimeSpan> ScanAllAsync(
        ServiceProcess service, Dictionary<string, string> names, int scans, ConcurrentDictionary<string, int> seen)
    {
        var left = scans;
        var longest = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var mine = TimeSpan.Zero;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var clock = Stopwatch.StartNew();
                var result = await service.ScanAsync(Samples.First);
                mine = clock.Elapsed > mine ? clock.Elapsed : mine;
                var generation = (string)result["generation"]!;
                Assert.Equal(names[generation], (string?)result["threat"]);
                seen.AddOrUpdate(generation, 1, (_, n) => n + 1);
            }

            return mine;
        }));
        return longest.Max();
    }
}
