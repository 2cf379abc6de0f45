using System.Text;
using Testing;

namespace Conformance;

/// <summary>What the tests' channels detect: harmless programs with a marker, and the body signatures for the markers.</summary>
internal static class Samples
{
    /// <summary>A program that the first release detects as <c>Test.First</c>.</summary>
    public static byte[] First { get; } = TestProgram.Elf("updater-conformance-marker-first");

    /// <summary>A program that only the second release detects, as <c>Test.Second</c>.</summary>
    public static byte[] Second { get; } = TestProgram.Elf("updater-conformance-marker-second");

    public static byte[] Clean { get; } = TestProgram.Elf("nothing-to-see-in-this-program");

    /// <summary>An <c>.ndb</c> line that finds a program's marker.</summary>
    public static string Line(string name, string marker) =>
        $"{name}:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(marker))}\n";

    public static (string, string) FirstFile { get; } = ("test.ndb", Line("Test.First", "updater-conformance-marker-first"));

    public static (string, string) BothFile { get; } = (
        "test.ndb",
        Line("Test.First", "updater-conformance-marker-first") + Line("Test.Second", "updater-conformance-marker-second"));
}
