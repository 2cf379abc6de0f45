using System.Security.Cryptography;
using System.Text;
using Definitions.Packages;

namespace Testing;

/// <summary>
/// The contents of the demo channel: signatures for the EICAR test string and for programs of <see cref="TestProgram"/>,
/// so that a fresh clone has something to find that harms nobody.
/// </summary>
public static class DemoSignatures
{
    public const string ElfMarker = "updater demo program one: harmless, ends with status 0";
    public const string PeMarker = "updater demo program two: harmless, ends with status 0";
    public const string LaterMarker = "updater demo program three: known since 20261122.002";
    public const string AllowedMarker = "updater demo program one: harmless, and allow-listed by its hash";

    public const string First = "20261122.001";
    public const string Second = "20261122.002";

    /// <summary>Every release, oldest first.</summary>
    public static IReadOnlyList<DemoRelease> Releases =>
    [
        new("core", First, CoreFiles(isSecond: false), CoreProbes(isSecond: false)),
        new("extra", First, ExtraFiles(isSecond: false), ExtraProbes()),
        new("core", Second, CoreFiles(isSecond: true), CoreProbes(isSecond: true)),
        new("extra", Second, ExtraFiles(isSecond: true), ExtraProbes()),
    ];

    private static Dictionary<string, string> CoreFiles(bool isSecond)
    {
        var elf = TestProgram.Elf(ElfMarker);
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["core.hdb"] = $"""
                # MD5 of whole files: hash, size, name.
                {Md5(Eicar.Content)}:{Eicar.Content.Length}:Eicar-Test-Signature.Md5

                """,
            ["core.hsb"] = $"""
                # SHA-256 of whole files.
                {Sha256(Eicar.Content)}:{Eicar.Content.Length}:Eicar-Test-Signature.Sha256
                {Sha256(elf)}:{elf.Length}:Demo.Elf.Program-1.Sha256

                """,
            ["core.ndb"] = $$"""
                # Name, target (0 any, 6 ELF), offset, bytes.
                Eicar-Test-Signature:0:*:{{Hex(Eicar.Middle)}}
                Demo.Elf.Program-1:6:*:{{Hex("updater demo program one: ")}}{0-200}{{Hex("harmless")}}
                Demo.Noisy-1:0:*:{{Hex("updater demo program")}}

                """,
            // The broad one above would hit every demo program; the publisher takes it back by name.
            ["core.ign2"] = "Demo.Noisy-1\n",
        };
        if (isSecond)
        {
            files["core.ndb"] += $"Demo.Elf.Program-3:6:*:{Hex("updater demo program three")}\n";
        }

        return files;
    }

    private static Dictionary<string, string> ExtraFiles(bool isSecond)
    {
        var pe = TestProgram.Pe(PeMarker);
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["extra.hdb"] = $"{Md5(pe)}:{pe.Length}:Demo.Pe.Program-2.Md5\n",
            ["extra.ndb"] = $"Demo.Pe.Program-2:1:*:{Hex("updater demo ")}??{Hex("rogram")}({Hex(" two")}|{Hex(" zwo")})\n",
        };
        if (isSecond)
        {
            var allowed = TestProgram.Elf(AllowedMarker);
            files["extra.fp"] = $"{Md5(allowed)}:{allowed.Length}:Demo.Allowed-1\n";
        }

        return files;
    }

    private static List<DetectionProbe> CoreProbes(bool isSecond)
    {
        var probes = new List<DetectionProbe>
        {
            new("eicar", Eicar.Content, "Eicar-Test-Signature"),
            new("elf-program-1", TestProgram.Elf(ElfMarker), "Demo.Elf.Program-1"),
        };
        if (isSecond)
        {
            probes.Add(new DetectionProbe("elf-program-3", TestProgram.Elf(LaterMarker), "Demo.Elf.Program-3"));
        }

        return probes;
    }

    private static List<DetectionProbe> ExtraProbes() =>
        [new DetectionProbe("pe-program-2", TestProgram.Pe(PeMarker), "Demo.Pe.Program-2")];

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));

    // MD5 is what .hdb files hold; nothing is trusted because of it.
    private static string Md5(byte[] content)
    {
#pragma warning disable CA5351
        return Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
    }

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <param name="Files">Name and text of each signature file.</param>
public sealed record DemoRelease(
    string Package, string Version, IReadOnlyDictionary<string, string> Files, IReadOnlyList<DetectionProbe> Probes)
{
    /// <summary>Where the release's sources lie below <c>fixtures/</c>.</summary>
    public string SourceFolder => Fixture.Path("signatures", "demo", $"{Package}-{Version}");
}
