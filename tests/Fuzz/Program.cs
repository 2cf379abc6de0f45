using Fuzz;
using SharpFuzz;

// One entry point a run, named by the first argument (docs/fuzzing.md).
var targets = new Dictionary<string, ReadOnlySpanAction>(StringComparer.Ordinal)
{
    ["container"] = bytes => ContainerFuzz.Run(bytes),
    ["ftm"] = FileTypeFuzz.Run,
    ["html"] = NormaliseFuzz.RunHtml,
    ["mail"] = bytes => MailFuzz.Run(bytes),
    ["manifest"] = PackageFuzz.RunManifest,
    ["metadata"] = FuzzTargets.Metadata,
    ["package"] = PackageFuzz.Run,
    ["phishing"] = PhishingFuzz.Run,
    ["signatures"] = SignatureFuzz.Run,
    ["text"] = NormaliseFuzz.RunText,
};
if (args.Length != 1 || !targets.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"usage: Fuzz {string.Join('|', targets.Keys)}");
    return 2;
}

Fuzzer.LibFuzzer.Run(target);
return 0;
