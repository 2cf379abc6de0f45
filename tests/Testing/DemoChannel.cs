using Definitions;
using Definitions.Trust;
using Microsoft.Extensions.Time.Testing;
using Updater.Publishing;

namespace Testing;

/// <summary>Makes <c>fixtures/demo-channel</c> and <c>fixtures/signatures/demo</c> anew (fixtures/README.md).</summary>
public static class DemoChannel
{
    /// <summary>The demo must work in a clone of any age; a real channel lives by the defaults of <c>publish sign</c>.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(20 * 365);

    private static readonly DateTimeOffset Signed = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public static string Folder => Fixture.Path("demo-channel");

    public static string KeyFolder => Fixture.Path("demo-keys");

    /// <summary>The initial root as the program ships it.</summary>
    public static string RootPath => Path.Combine(Folder, "root.json");

    /// <summary>Replaces the committed channel and sources; keys that are there already are kept.</summary>
    public static void Regenerate()
    {
        foreach (var folder in new[] { Folder, Fixture.Path("signatures", "demo") })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        foreach (var release in DemoSignatures.Releases)
        {
            Directory.CreateDirectory(release.SourceFolder);
            foreach (var (name, text) in release.Files)
            {
                File.WriteAllText(Path.Combine(release.SourceFolder, name), text);
            }
        }

        WriteChannel(Folder, KeyFolder);
    }

    /// <summary>Builds the channel from the committed sources.</summary>
    public static void WriteChannel(string folder, string keyFolder)
    {
        var publisher = new ChannelPublisher(folder, new FakeTimeProvider(Signed));
        var keys = new KeyFolder(keyFolder);
        var lifetimes = MetadataLifetimes.All(Lifetime);
        var copy = publisher.Init(keys, threshold: 1, KeyScheme.EcdsaP256, lifetimes);
        File.Copy(copy, Path.Combine(folder, "root.json"));
        foreach (var version in DemoSignatures.Releases.GroupBy(release => release.Version, StringComparer.Ordinal))
        {
            foreach (var release in version)
            {
                var id = new PackageId(release.Package, DefinitionsVersion.Parse(release.Version));
                new PackageBuilder(publisher).Build(
                    new BuildRequest(id, release.SourceFolder, new Version(1, 0, 0, 0), release.Probes), CancellationToken.None);
            }

            publisher.Sign(keys, lifetimes);
        }
    }
}
