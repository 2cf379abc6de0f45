using Definitions.Signatures;

namespace Engine.Images;

/// <summary>A signature about members of containers, ready to be compared. Everything that is not null must hold. Thread-safe.</summary>
internal sealed record MemberRule(uint Signature)
{
    public FileTypeName? ContainerType { get; init; }

    public bool? IsEncrypted { get; init; }

    public NumberRange? ContainerSize { get; init; }

    public NumberRange? CompressedSize { get; init; }

    public NumberRange? RealSize { get; init; }

    public NumberRange? Position { get; init; }

    public uint? Crc { get; init; }

    public MemberName? Name { get; init; }
}
