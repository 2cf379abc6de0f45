using System.Diagnostics.CodeAnalysis;
using Definitions.Signatures;

namespace Updater.Sources;

/// <summary>Looks whether a file that nobody signed is signature text; on the thread pool, since it may be large.</summary>
internal static class CustomLines
{
    /// <exception cref="IOException">It could not be read.</exception>
    [SuppressMessage("Design", "MA0045", Justification = "The parser is synchronous, and bound by the processor.")]
    public static Task<UsableLines> LookAsync(string path, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var content = File.OpenRead(path);
            return UsableLines.Of(content, Path.GetFileName(path));
        },
        cancellationToken);
}
