namespace Updater.Sources;

/// <summary>Reads files below one base: a folder or an HTTP(S) tree. Knows nothing of trust.</summary>
internal interface IDefinitionSource
{
    /// <summary>For logs and errors; holds no secret and no query string.</summary>
    string DisplayUrl { get; }

    /// <summary>
    /// Copies one file to <paramref name="destination"/>, at most <paramref name="maxBytes"/> bytes.
    /// </summary>
    /// <param name="path">Relative, <c>/</c>-separated, already percent-encoded where needed.</param>
    /// <returns>Null when the file does not exist (404).</returns>
    /// <exception cref="SourceException">It could not be read, or it is longer than allowed.</exception>
    Task<SourceCopy?> CopyAsync(string path, Stream destination, long maxBytes, CancellationToken cancellationToken);
}

/// <param name="Bytes">Bytes written.</param>
internal sealed record SourceCopy(long Bytes);
