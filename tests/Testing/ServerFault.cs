namespace Testing;

/// <summary>How <see cref="ChannelServer"/> answers instead of simply sending the file. Members can be combined.</summary>
public sealed record ServerFault
{
    /// <summary>Answers with this status and no body.</summary>
    public int? Status { get; init; }

    /// <summary>The <c>Retry-After</c> header, as seconds or as a date.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Announces the full length and drops the connection after so many bytes.</summary>
    public long? DropAfter { get; init; }

    /// <summary>Sends so many bytes only, with a length that says so.</summary>
    public long? CutTo { get; init; }

    /// <summary>Zeros after the content, with a length that says so.</summary>
    public int ExtraBytes { get; init; }

    /// <summary>After the content zeros without end, without any length.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Answers only when this has completed, or the client went away.</summary>
    public Task? Until { get; init; }

    /// <summary>After the headers one byte, then nothing until <see cref="Until"/>.</summary>
    public bool StallsInBody { get; init; }
}
