using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class TargetBatchesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Keep_every_target_in_order(int count)
    {
        var targets = Enumerable.Range(0, count).Select(i => new ScanTarget($"f{i}")).ToList();
        Assert.Equal(targets, TargetBatches.Of(targets, workers: 2).SelectMany(batch => batch));
    }

    [Fact]
    public void Begin_small_and_grow_to_the_width_of_the_hash()
    {
        var sizes = TargetBatches.Of(Enumerable.Range(0, 1000).Select(i => new ScanTarget($"f{i}")), workers: 2).Select(batch => batch.Count).ToList();
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 2], sizes[..8]);
        Assert.Equal(TargetBatches.MaxTargets, sizes.Max());
        Assert.Equal(TargetBatches.MaxTargets, sizes[^2]);
    }

    [Fact]
    public void Give_standard_input_a_piece_of_its_own()
    {
        var targets = Enumerable.Range(0, 500).Select(i => new ScanTarget($"f{i}", IsStandardInput: i is 3 or 300));
        Assert.Equal(2, TargetBatches.Of(targets, workers: 1).Count(batch => batch.Count == 1 && batch[0].IsStandardInput));
    }
}
