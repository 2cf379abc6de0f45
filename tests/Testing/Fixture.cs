using System.Reflection;

namespace Testing;

/// <summary>Finds files of the repository through assembly metadata: caller paths are rewritten in CI builds.</summary>
public static class Fixture
{
    public static string RepositoryRoot { get; } = System.IO.Path.GetFullPath(
        typeof(Fixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "RepositoryRoot").Value!);

    /// <summary>A path below <c>fixtures/</c>.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([RepositoryRoot, "fixtures", .. parts]);
}
