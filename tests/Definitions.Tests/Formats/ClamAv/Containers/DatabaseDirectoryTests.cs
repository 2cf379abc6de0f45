using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>clamav-formats.md §1.9.</summary>
public sealed class DatabaseDirectoryTests
{
    [Fact]
    public void Files_load_in_the_order_of_the_reference_engine()
    {
        string[] names =
        [
            "zz.ndb", "main.cvd", "x.crb", "daily.cfg", "local.gdb", "daily.cvd", "my.ign", "readme.txt", "freshclam.dat", "bytecode.cld",
            "LOCAL.IGN2", "rules.YAR", "own.cud", "a.cbc", "COPYING",
        ];
        Assert.Equal(
            [
                "my.ign", "LOCAL.IGN2", "daily.cvd", "local.gdb", "daily.cfg", "x.crb", "zz.ndb", "main.cvd", "bytecode.cld", "rules.YAR", "own.cud",
                "a.cbc",
            ],
            Names(names.Select(name => new DirectoryEntry(name))));
    }

    [Theory]
    [InlineData(5L, 6L, "x.cvd")]
    [InlineData(6L, 5L, "x.cld")]
    [InlineData(5L, 5L, "x.cld")]
    [InlineData(null, 5L, "x.cvd")]
    [InlineData(5L, null, "x.cld")]
    [InlineData(null, null, "x.cld")]
    public void Of_two_containers_of_one_database_the_newer_loads(long? patched, long? published, string expected)
    {
        Assert.Equal([expected, "y.cvd"], Names([new("x.cld", patched), new("x.cvd", published), new("y.cvd", 1)]));
        Assert.Equal(["y.cvd", expected], Names([new("y.cvd", 1), new("x.cvd", published), new("x.cld", patched)]));
    }

    [Fact]
    public void Official_means_signed()
    {
        DirectoryEntry[] files = [new("a.cvd"), new("b.cld"), new("c.cud"), new("d.ndb")];
        Assert.Equal([true, true, false, false], DatabaseDirectory.Select(files).Select(file => file.IsOfficial));
        Assert.Equal(
            [ContainerKind.Cvd, ContainerKind.Cld, ContainerKind.Cud, null], DatabaseDirectory.Select(files).Select(file => file.Container));
        Assert.Equal(["a.cvd", "b.cld"], DatabaseDirectory.Select(files, officialOnly: true).Select(file => file.Name));
    }

    private static IEnumerable<string> Names(IEnumerable<DirectoryEntry> files) => DatabaseDirectory.Select(files).Select(file => file.Name);
}
