namespace Updater.Configuration;

/// <summary>One mistake in the configuration: which key, what stands there, what may stand there, where it was written.</summary>
/// <param name="Path">Key path; empty for the file as a whole.</param>
/// <param name="Value">As written; null when the key itself is the mistake.</param>
/// <param name="Expected">What is allowed, or what to do.</param>
internal sealed record ConfigurationProblem(string Path, string? Value, string Expected, OptionsOrigin Origin)
{
    public override string ToString()
    {
        var subject = Path.Length == 0 ? "configuration" : Path;
        var value = Value is null ? "" : $" = {Value}";
        var origin = Origin.Layer == OriginLayer.Default ? "" : $" ({Origin})";
        return $"{subject}{value}{origin}: {Expected}";
    }
}
