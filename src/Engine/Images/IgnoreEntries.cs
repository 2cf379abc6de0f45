using Definitions.Signatures;

namespace Engine.Images;

/// <summary>Reads just the ignore lists of a package.</summary>
public static class IgnoreEntries
{
    /// <summary>
    /// The entries that name the digest of a line, in the order of the files; malformed lines are passed over here: the
    /// compiler of the package refuses or reports them.
    /// </summary>
    /// <exception cref="IOException">A file could not be read.</exception>
    public static IReadOnlyList<IgnoreSignature> OfLines(CompileInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var entries = new List<IgnoreSignature>();
        foreach (var path in input.Files.Where(SignatureParser.IsIgnoreList).Order(StringComparer.Ordinal))
        {
            using var content = File.OpenRead(path);
            SignatureParser.Parse(
                content,
                new SignatureFile(Path.GetFileName(path), input.Package, input.IsOfficial),
                signature => entries.Add((IgnoreSignature)signature),
                static _ => { });
        }

        return [.. entries.Where(entry => entry.LineMd5 is not null)];
    }
}
