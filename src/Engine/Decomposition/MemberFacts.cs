namespace Engine.Decomposition;

/// <summary>What a container's headers claim of a member, for signatures about containers (clamav-formats.md §3.8).</summary>
/// <param name="Name">As the container says, not cleaned.</param>
internal sealed record MemberFacts(string Name)
{
    /// <summary>Bytes in the container; null = the length that came out.</summary>
    public long? CompressedBytes { get; init; }

    /// <summary>Bytes when decoded; null = the length that came out.</summary>
    public long? RealBytes { get; init; }

    public bool IsEncrypted { get; init; }

    /// <summary>The first member is 1; parts of a mail are 0. Whether folders count depends on the format.</summary>
    public int Position { get; init; }

    /// <summary>Null when the container tells none.</summary>
    public uint? Crc { get; init; }
}

/// <summary>A member seen: its facts, and what holds it.</summary>
/// <param name="Path">The member's path.</param>
/// <param name="ProducedBytes">What came out of it.</param>
internal readonly record struct SeenMember(Node Container, MemberFacts Facts, string Path, long ProducedBytes)
{
    public long CompressedBytes => Facts.CompressedBytes ?? ProducedBytes;

    public long RealBytes => Facts.RealBytes ?? ProducedBytes;
}
