namespace Updater.Hosting;

/// <summary>What is said about a source that is not configured, on the command line and over HTTP alike.</summary>
internal static class SourceText
{
    public static string Unknown(string wanted, IReadOnlyCollection<string> known) => known.Count == 0
        ? $"There is no source named '{wanted}'; no source is configured."
        : $"There is no source named '{wanted}'; sources are: {string.Join(", ", known)}.";
}
