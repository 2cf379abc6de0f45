using System.Diagnostics.CodeAnalysis;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>
/// Yields a container's members one by one. Everything is a claim of the content: sizes, counts and names bound nothing.
/// </summary>
/// <remarks>
/// Throws <see cref="ContainerException"/> for damage, <see cref="LimitException"/> and
/// <see cref="OperationCanceledException"/> from the budget, <see cref="ObjectReadException"/> when the container's
/// bytes cannot be read. Anything else is a bug of the reader and reported as such.
/// </remarks>
internal interface IContainerReader : IDisposable
{
    /// <summary>Moves to the next member; false at the end. The one before is done with, read or not.</summary>
    bool TryReadNext([NotNullWhen(true)] out Member? member);
}

/// <summary>A member that can be opened, seen in place, or only reported.</summary>
internal sealed class Member
{
    /// <summary>As the container says; empty when it says nothing.</summary>
    public required string Name { get; init; }

    /// <summary>Starts decoding; read once, to its end or to a limit. Null when <see cref="View"/> or <see cref="Finding"/> is set.</summary>
    public Func<Stream>? Open { get; init; }

    /// <summary>The member lies undecoded in the container; costs no extraction bytes.</summary>
    public ObjectContent? View { get; init; }

    /// <summary>What the container tells of the member; null when there is nothing, or another reading of it told it.</summary>
    public MemberFacts? Facts { get; init; }

    /// <summary>True for an entry that has facts and no bytes, such as a folder: not a member that counts.</summary>
    public bool IsOnlyTold { get; init; }

    /// <summary>Set when the bytes cannot be had: why.</summary>
    public ScanCode? Finding { get; init; }

    /// <summary>True for a member of a ZIP that a reader of local headers finds behind another, and can read.</summary>
    public bool IsBehindAnother { get; init; }

    /// <summary>A type that the container declares; added when the content itself tells nothing better.</summary>
    public ObjectType? DeclaredType { get; init; }

    /// <summary>
    /// Set for a reading that contradicts what the container says, such as a plain reading of a member marked as
    /// encrypted: when it does not decode to its end with the right checksum, this code is reported and nothing kept.
    /// </summary>
    public ScanCode? CodeIfUnreadable { get; init; }

    /// <summary>True for a second reading of bytes that another member reads too: its failure is no finding.</summary>
    public bool IsExtraReading { get; init; }
}

/// <summary>What a reader is given.</summary>
/// <param name="Content">The container's bytes.</param>
/// <param name="Name">The last part of its path.</param>
/// <param name="Report">Records a code at the container's path.</param>
internal sealed record ReaderContext(
    ObjectContent Content, string Name, ScanProfile Profile, Budget Budget, Action<ScanCode> Report)
{
    /// <summary>What encrypted members are tried with; read when there is one.</summary>
    public Func<IReadOnlyList<ArchivePassword>> Passwords { get; init; } = static () => [];

    /// <summary>The whole container as a stream under the budget.</summary>
    public ContentStream OpenStream() => OpenStream(0, Content.Length);

    public ContentStream OpenStream(long start, long length) => new(Content, start, length, Budget.Check);
}

/// <summary>A container or a member is damaged, encrypted, split or of an unknown kind: the code says which.</summary>
internal sealed class ContainerException(ScanCode code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public ScanCode Code { get; } = code;
}
