using System.Reflection;
using System.Xml.Linq;
using Definitions;
using Engine;
using Testing;

namespace Updater.Tests;

/// <summary>Dependencies point Definitions ← Engine ← Updater, and each library has only the packages of style.md part 2.</summary>
public sealed class ArchitectureTests
{
    public static TheoryData<string, string[], string[]> Layers => new()
    {
        { "Definitions", [], ["BouncyCastle.Cryptography", "SharpCompress"] },
        { "Engine", ["Definitions"], ["MimeKit", "SharpCompress", "System.Security.Cryptography.Pkcs"] },
        {
            "Updater",
            ["Definitions", "Engine"],
            [
                "LiteDB", "Polly.Core", "Quartz", "Serilog", "Serilog.Extensions.Hosting", "Serilog.Extensions.Logging",
                "Serilog.Formatting.Compact", "Serilog.Sinks.Console", "Serilog.Sinks.File", "Spectre.Console", "System.CommandLine",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_project_names_only_the_layers_below_it(string name, string[] projects, string[] packages)
    {
        var project = XDocument.Load(Path.Combine(Fixture.RepositoryRoot, "src", name, $"{name}.csproj"));

        Assert.Equal(string.Join(' ', projects), string.Join(' ', Includes(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)));
        Assert.Empty(Includes(project, "PackageReference").Except(packages, StringComparer.Ordinal));
        Assert.Equal(name == "Updater" ? "Microsoft.NET.Sdk.Web" : "Microsoft.NET.Sdk", (string?)project.Root!.Attribute("Sdk"));
        Assert.Empty(Includes(project, "FrameworkReference"));
    }

    [Fact]
    public void The_built_assemblies_refer_downwards_only()
    {
        Assert.Equal("", OursIn(typeof(PackageId).Assembly));
        Assert.Equal("Definitions", OursIn(typeof(ScanEngine).Assembly));
        Assert.Equal("Definitions Engine", OursIn(typeof(Product).Assembly));
    }

    [Theory]
    [InlineData(typeof(PackageId))]
    [InlineData(typeof(ScanEngine))]
    public void The_libraries_know_no_log_no_web_and_no_host(Type member) =>
        Assert.DoesNotContain(member.Assembly.GetReferencedAssemblies(), r =>
            r.Name!.StartsWith("Microsoft.Extensions", StringComparison.Ordinal)
            || r.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || r.Name.StartsWith("Serilog", StringComparison.Ordinal)
            || r.Name is "LiteDB" or "System.Net.Http" or "System.Net.Sockets");

    private static string OursIn(Assembly assembly) => string.Join(
        ' ',
        assembly.GetReferencedAssemblies().Select(r => r.Name!).Where(n => n is "Definitions" or "Engine" or "updater").Order(StringComparer.Ordinal));

    private static IEnumerable<string> Includes(XDocument project, string element) =>
        project.Descendants(element).Select(e => (string)e.Attribute("Include")!);
}
