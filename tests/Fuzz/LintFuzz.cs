using Definitions.Signatures;
using Engine.Images;

namespace Fuzz;

/// <summary>Signature text of every format as lint sees it: parsed, and compiled where it loads.</summary>
public static class LintFuzz
{
    private static readonly string[] _files =
    [
        "f.hdb", "f.hsb", "f.ndb", "f.fp", "f.sfp", "f.ign2", "f.ign", "f.hdu", "f.txt", "f.db", "f.cdb", "f.zmd", "f.pwdb",
        "f.idb", "f.crb", "f.cfg", "f.yar", "f.ldb",
    ];

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
            content, _files[input[0] % _files.Length], _ => loaded++,
            found => errors += found.Severity == DiagnosticSeverity.Error ? 1 : 0, CancellationToken.None);
        if (counts.Loaded != loaded || counts.Errors != errors)
        {
            throw new InvalidOperationException("Lint miscounts.");
        }
    }
}
