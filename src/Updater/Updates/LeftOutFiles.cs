using System.Globalization;
using Definitions;
using Definitions.Signatures;

namespace Updater.Updates;

/// <summary>
/// The malformed lines of a package in one line. Only files that nobody signed are lenient: a signed package with a
/// malformed line is refused as a whole.
/// </summary>
internal static class LeftOutFiles
{
    /// <summary>The compiler's word for findings that it counted and did not list.</summary>
    private const string MoreFindings = "IMG004";

    /// <returns>Null when every line is in.</returns>
    public static string? Summary(string package, IReadOnlyList<Diagnostic> findings)
    {
        var errors = findings.Where(found => found.Severity == DiagnosticSeverity.Error).ToList();
        var files = errors.Select(error => error.File).Distinct(StringComparer.Ordinal).Count();
        var lines = errors.Count;
        var atLeast = findings.Any(found => found.Code == MoreFindings) ? "at least " : "";
        return errors.Count == 0 ? null : PlainText.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{package}: {atLeast}{lines} malformed {(lines == 1 ? "line" : "lines")} left out in {files} {(files == 1 ? "file" : "files")}; first: {errors.Find(error => error.Line > 0) ?? errors[0]}; see logs/update.log"));
    }
}
