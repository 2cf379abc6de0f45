using Fuzz;
using SharpFuzz;

// One entry point a run, named by the first argument (docs/fuzzing.md).
var targets = new Dictionary<string, ReadOnlySpanAction>(StringComparer.Ordinal)
{
    ["container"] = bytes => ContainerFuzz.Run(bytes),
    ["elf"] = ExecutableFuzz.Elf,
    ["image"] = PictureFuzz.Run,
    ["macho"] = ExecutableFuzz.MachO,
    ["mail"] = bytes => MailFuzz.Run(bytes),
    ["manifest"] = PackageFuzz.RunManifest,
    ["metadata"] = FuzzTargets.Metadata,
    ["package"] = PackageFuzz.Run,
    ["pe"] = ExecutableFuzz.Pe,
    ["signatures"] = SignatureFuzz.Run,
};
if (args.Length != 1 || !targets.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"usage: Fuzz {string.Join('|', targets.Keys)}");
    return 2;
}

Fuzzer.LibFuzzer.Run(target);
return 0;
