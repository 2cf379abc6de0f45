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
if (args.Length == 0 || !targets.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"usage: Fuzz {string.Join('|', targets.Keys)} [FILE|FOLDER...]");
    return 2;
}

if (args.Length > 1)
{
    // Replays: what escapes ends the process with its stack trace.
    foreach (var file in args[1..].SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path) : [path]).Order(StringComparer.Ordinal))
    {
        Console.WriteLine(file);
        target(File.ReadAllBytes(file));
    }

    return 0;
}

if (Environment.GetEnvironmentVariable("__AFL_SHM_ID") is null)
{
    Fuzzer.LibFuzzer.Run(target);
    return 0;
}

Fuzzer.OutOfProcess.Run(stream =>
{
    using var input = new MemoryStream();
    stream.CopyTo(input);
    target(input.ToArray());
});
return 0;
