using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>Two kept generations of the whole set that differ in one signature; the second is active at first.</summary>
/// <param name="Seconds">From the change in <c>local/</c> until the second served; wall time.</param>
internal sealed record GenerationPair(string One, string Two, double Seconds)
{
    public static async Task<GenerationPair> MakeAsync(RunningService service, ServiceFolder data)
    {
        var one = await service.GenerationAsync();
        var extra = Path.Combine(data.Local, "extra.ndb");
        var line = FormattableString.Invariant($"Extra.Signature-{TimeProvider.System.GetUtcNow().Ticks}:0:*:6578747261207369676e6174757265\n");
        var seconds = await Timing.SecondsAsync(async () =>
        {
            await File.WriteAllTextAsync(extra + ".tmp", line);
            File.Move(extra + ".tmp", extra, overwrite: true);
            await service.UntilOtherAsync(one);
        });
        return new GenerationPair(one, await service.GenerationAsync(), seconds);
    }
}
