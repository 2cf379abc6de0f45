using Definitions.Signatures;
using Engine.Images;

namespace Fuzz;

/// <summary>Signature text of every format as lint sees it: parsed, and compiled where it loads.</summary>
public static class LintFuzz
{
    /// <summary>The first byte picks the format, the rest is the file.</summary>
    /// <exception cref="InvalidOperationException">Lint broke a promise of its own.</exception>
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        using var content = new MemoryStream(input[1..].ToArray());
        long loaded = 0, errors = 0;
        var counts = SignatureLint.Prepare([], UnwantedPolicy.LoadAll).Check(
            content, SignatureFuzz.FileOf(input[0]), _ => loaded++,
            found => errors += found.Severity == DiagnosticSeverity.Error ? 1 : 0, CancellationToken.None);
        if (counts.Loaded != loaded || counts.Errors != errors)
        {
            throw new InvalidOperationException("Lint miscounts.");
        }
    }
}
