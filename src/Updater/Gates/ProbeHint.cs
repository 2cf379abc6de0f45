using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Definitions.Signatures;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Lists that nobody signed can silence a signature that its publisher says must be found: they are named, because nothing
/// else about the refused package is wrong.
/// </summary>
internal static class ProbeHint
{
    /// <param name="miss">What is wrong with a probe; names the signature.</param>
    /// <returns>Empty without such lists; else starts with a blank.</returns>
    /// <exception cref="IOException">A list could not be read.</exception>
    public static string Of(CandidateGeneration candidate, string miss)
    {
        var lists = candidate.Packages.Where(package => !package.Facts.IsOfficial)
            .SelectMany(package => package.Files, (package, path) => (Package: package, Path: path))
            .Where(file => Path.GetExtension(file.Path).ToLowerInvariant() is ".ign" or ".ign2" or ".fp" or ".sfp")
            .ToList();
        var missed = candidate.Packages.SelectMany(package => package.Manifest?.Probes ?? [])
            .Select(probe => probe.Signature)
            .Where(signature => miss.Contains(signature, StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (package, path) in lists)
        {
            if (LineOf(package, path, missed) is { } line)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $" {Shown(path)}:{line} of package {package.Facts.Id.Name} leaves that signature out: take the line away, then run: updater update --force");
            }
        }

        return lists.Count == 0
            ? ""
            : $" A list that nobody signed may be what hides it: look for the signature or the sample in {string.Join(", ", lists.Select(list => $"{Shown(list.Path)} of package {list.Package.Facts.Id.Name}"))}, then run: updater update --force";
    }

    private static string Shown(string path) => ContainerFiles.ShownName(Path.GetFileName(path));

    /// <summary>The first line of an ignore list that names one of the signatures.</summary>
    [SuppressMessage("Design", "MA0045", Justification = "The parser is synchronous; a list is small.")]
    private static int? LineOf(IncomingPackage package, string path, HashSet<string> signatures)
    {
        int? line = null;
        if (SignatureParser.IsIgnoreList(Path.GetFileName(path)))
        {
            using var content = File.OpenRead(path);
            SignatureParser.Parse(
                content,
                new SignatureFile(Path.GetFileName(path), package.Facts.Id, package.Facts.IsOfficial),
                entry => line ??= signatures.Contains(entry.Name) ? entry.Line : null,
                static _ => { });
        }

        return line;
    }
}
