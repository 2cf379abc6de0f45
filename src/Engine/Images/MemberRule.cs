using System.Text.RegularExpressions;
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

    public Regex? Name { get; init; }

    /// <summary>The expression, for matching in time that grows with the name only.</summary>
    /// <exception cref="ImageException">It is none: the image is damaged.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw ImageException.Damaged("the name of a signature about members is no expression");
        }
    }
}
