using Definitions.Signatures;

namespace Updater.Updates;

/// <summary>A finding about a line of a package, with what it means there.</summary>
/// <param name="Package">The package's name; of files of that name in several packages, all of them.</param>
/// <param name="IsLenient">True: an error leaves the line out; in a strict package it refuses the set.</param>
internal sealed record UpdateFinding(string Package, bool IsLenient, Diagnostic Found)
{
    public static UpdateFinding Of(Diagnostic found, IReadOnlyList<IncomingPackage> packages)
    {
        var owners = packages.Where(package => Holds(package, found)).ToList();
        return new UpdateFinding(
            string.Join(" or ", owners.Select(package => package.Facts.Id.Name)), owners.Exists(package => !package.Facts.IsOfficial), found);
    }

    /// <summary>As in the log: what became of it, where, which code, what to do.</summary>
    public override string ToString()
    {
        var fate = Found.Severity switch
        {
            DiagnosticSeverity.Error => "Left out",
            DiagnosticSeverity.Skipped => "Skipped",
            _ => "Warning",
        };
        return $"{fate}: {(Package == Definitions.PackageId.LocalName ? "" : Package + "/")}{Found}{(Found.Hint is { } hint ? " " + hint : "")}";
    }

    /// <summary>Errors are those of lenient packages: a strict one with an error was refused.</summary>
    private static bool Holds(IncomingPackage package, Diagnostic found) =>
        (found.Severity != DiagnosticSeverity.Error || !package.Facts.IsOfficial)
        && (package.Files.Any(path => Sources.ContainerFiles.ShownName(Path.GetFileName(path)) == found.File) || package.Findings.Contains(found));
}
