using System.Globalization;
using Definitions;
using Definitions.Signatures;

namespace Updater.Updates;

/// <summary>
/// What is left out of lenient packages, in one line. Only files that nobody signed are lenient: a signed package with a
/// malformed line is refused as a whole.
/// </summary>
internal static class LeftOutFiles
{
    /// <summary>The compiler's word for findings that it counted and did not list.</summary>
    private const string MoreFindings = "IMG004";

    /// <returns>Null when every line is in.</returns>
    public static string? Summary(IReadOnlyList<Diagnostic> findings, IReadOnlyList<IncomingPackage> packages)
    {
        var parts = findings.Where(found => found.Severity == DiagnosticSeverity.Error)
            .GroupBy(found => UpdateFinding.Of(found, packages).Package, StringComparer.Ordinal)
            .Select(group => Describe(group.Key, [.. group], findings))
            .ToList();
        return parts.Count == 0 ? null : PlainText.Of(string.Join("; ", parts));
    }

    private static string Describe(string package, IReadOnlyList<Diagnostic> errors, IReadOnlyList<Diagnostic> findings)
    {
        var containers = errors.Count(error => error.Code == Sources.ContainerFiles.RefusedCode);
        var lines = errors.Where(error => error.Code != Sources.ContainerFiles.RefusedCode).ToList();
        var files = lines.Select(error => error.File).Distinct(StringComparer.Ordinal).ToList();
        var atLeast = findings.Any(found => found.Code == MoreFindings && files.Contains(found.File, StringComparer.Ordinal)) ? "at least " : "";
        var parts = new List<string>();
        if (lines.Count > 0)
        {
            parts.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{atLeast}{lines.Count} malformed {(lines.Count == 1 ? "line" : "lines")} left out in {files.Count} {(files.Count == 1 ? "file" : "files")}"));
        }

        if (containers > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{containers} {(containers == 1 ? "container" : "containers")} not used"));
        }

        var first = lines.Find(error => error.Line > 0) ?? errors[0];
        return $"{package}: {string.Join(", ", parts)}; first: {first}{(first.Hint is { } hint ? " " + hint : "")}";
    }
}
