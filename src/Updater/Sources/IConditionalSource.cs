namespace Updater.Sources;

/// <summary>A source of single files that can say "not changed" and send the beginning of a file only.</summary>
internal interface IConditionalSource : IDefinitionSource
{
    /// <summary>Copies what is asked for to <paramref name="destination"/>.</summary>
    /// <returns>Null when the file does not exist.</returns>
    /// <exception cref="SourceException">It could not be read, or it is longer than allowed.</exception>
    Task<SourceReply?> FetchAsync(SourceRequest request, Stream destination, CancellationToken cancellationToken);
}

/// <param name="Path">Relative, <c>/</c>-separated, already percent-encoded where needed.</param>
/// <param name="MaxBytes">A longer body fails; with <see cref="FirstBytes"/> it is not read that far.</param>
internal sealed record SourceRequest(string Path, long MaxBytes)
{
    /// <summary>Only so many bytes of the beginning; null = all. A server may ignore the wish: then reading stops there.</summary>
    public long? FirstBytes { get; init; }

    /// <summary>Nothing is sent when the file is not newer than this.</summary>
    public DateTimeOffset? IfModifiedSince { get; init; }

    /// <summary>Nothing is sent when the file still has this tag, as <see cref="SourceReply.Tag"/> gave it.</summary>
    public string? IfNoneMatch { get; init; }
}

/// <param name="Bytes">Bytes written; 0 when not modified.</param>
/// <param name="IsNotModified">The condition of the request holds: what is known is still right.</param>
/// <param name="Tag">The server's word for this content, for the next request; null = none.</param>
internal sealed record SourceReply(long Bytes, bool IsNotModified, string? Tag, DateTimeOffset? Modified);
