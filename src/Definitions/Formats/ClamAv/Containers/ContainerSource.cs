namespace Definitions.Formats.ClamAv.Containers;

/// <summary>What is known of a container besides its bytes.</summary>
/// <param name="Kind">From the file name; the content does not say it.</param>
/// <param name="DatabaseName">
/// The database that is expected, such as <c>daily</c>: every published database is validly signed, so without this a
/// mirror could hand out one for another. Null accepts any.
/// </param>
/// <param name="SignFile">Content of the <c>.sign</c> file beside it; null when there is none.</param>
public sealed record ContainerSource(ContainerKind Kind, string? DatabaseName = null, ReadOnlyMemory<byte>? SignFile = null);
