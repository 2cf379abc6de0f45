using Engine.Images;
using Updater.Store;

namespace Updater.Tests.Updates;

/// <summary>What an update compiles: the packages that changed, and no others.</summary>
public sealed class SharedImageTests
{
    [Fact, Trait("req", "M-315")]
    public async Task An_update_compiles_the_changed_package_only()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        harness.Publisher.Publish("other", "20261122.001", UpdateHarness.Ndb("other.ndb", "Other.One", "other-program-one"));
        await harness.StartAsync();
        await harness.UpdateAsync();
        var before = harness.Store.List()[0];

        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();
        var after = harness.Store.List()[0];

        Assert.NotEqual(before.Id.Number, after.Id.Number);
        Assert.Equal(Find(before, "other"), Find(after, "other"));
        Assert.NotEqual(Find(before, "demo").Digest, Find(after, "demo").Digest);
        Assert.Equal(1, after.Find("other")!.Signatures);
        Assert.Equal("Other.One", harness.Scan("other-program-one"));
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
        Assert.Equal(3, Directory.GetFiles(harness.Store.ImagesFolder, "*.image").Length);
    }

    [Fact]
    public async Task A_local_ignore_list_works_without_compiling_what_it_names()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        var before = harness.Store.List()[0];
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));

        await WriteLocalAsync(harness, "own.ign2", "Demo.One\n");
        await harness.UpdateAsync();
        Assert.Null(harness.Scan("demo-program-one"));
        Assert.Equal(Find(before, "demo"), Find(harness.Store.List()[0], "demo"));

        File.Delete(Path.Combine(harness.Folders.Local, "own.ign2"));
        await harness.UpdateAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Fact]
    public async Task An_ignore_entry_with_the_digest_of_a_line_compiles_the_others_anew()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        harness.Publisher.Publish("other", "20261122.001", UpdateHarness.Ndb("other.ndb", "Other.One", "other-program-one"));
        await harness.StartAsync();
        await harness.UpdateAsync();
        var line = UpdateHarness.Ndb("demo.ndb", "Demo.One", "demo-program-one").Content.TrimEnd('\n');
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(line)));

        await WriteLocalAsync(harness, "own.ign2", $"Demo.One:{digest}\n");
        await harness.UpdateAsync();
        Assert.Null(harness.Scan("demo-program-one"));

        await WriteLocalAsync(harness, "own.ign2", $"Demo.One:{new string('0', 32)}\n");
        await harness.UpdateAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Fact]
    public async Task A_damaged_image_is_compiled_again_instead_of_being_shared()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        harness.Publisher.Publish("other", "20261122.001", UpdateHarness.Ndb("other.ndb", "Other.One", "other-program-one"));
        await harness.StartAsync();
        await harness.UpdateAsync();
        var image = harness.Store.ImageFile(Find(harness.Store.List()[0], "other").Digest);
        var bytes = await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken);
        await harness.StopAsync();
        File.Delete(image);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(image, bytes, TestContext.Current.CancellationToken);
        await harness.StartAsync();

        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();

        Assert.Equal("Other.One", harness.Scan("other-program-one"));
        Assert.All(harness.Store.ImageFiles(harness.Store.List()[0]), path => Image.Verify(path, TestContext.Current.CancellationToken));
    }

    private static async Task WriteLocalAsync(UpdateHarness harness, string name, string text) =>
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, name), text, TestContext.Current.CancellationToken);

    private static GenerationImage Find(GenerationRecord record, string package) =>
        record.Images.Single(image => image.Package == package);
}
