namespace Definitions.Signatures;

/// <summary>A password that encrypted archive members are tried with, from <c>.pwdb</c> (clamav-formats.md §3.10).</summary>
public sealed class PasswordSignature : Signature
{
    /// <summary><see cref="FileTypeName.Zip"/> or <see cref="FileTypeName.Rar"/>; null = any container.</summary>
    public required FileTypeName? Container { get; init; }

    /// <summary>The password as bytes, maybe empty.</summary>
    public required ReadOnlyMemory<byte> Password { get; init; }
}
