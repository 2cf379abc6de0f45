using Engine.FileTypes;
using Engine.Objects;

namespace Engine.Executables;

/// <summary>
/// Reads the headers of PE, ELF and Mach-O files as far as signatures ask for them. Never throws for content: headers
/// that cannot be believed give null, as they do in the reference engine, where offsets then never match.
/// </summary>
public static class ExecutableParser
{
    /// <summary>Null for other types and for headers that cannot be believed.</summary>
    /// <param name="withVersionInformation">Also look for the strings of a PE's version information.</param>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static ExecutableLayout? Parse(ObjectContent content, ObjectType type, bool withVersionInformation = false)
    {
        ArgumentNullException.ThrowIfNull(content);
        var bytes = new HeaderBytes(content);
        return type switch
        {
            ObjectType.Pe => PeHeaders.Read(bytes) is { } pe ? LayoutOf(pe, withVersionInformation) : null,
            ObjectType.Elf => ElfHeaders.Read(bytes),
            ObjectType.MachO => MachOHeaders.Read(bytes),
            _ => null,
        };
    }

    private static ExecutableLayout LayoutOf(PeHeaders pe, bool withVersionInformation) => new()
    {
        EntryPoint = pe.EntryPoint,
        Sections = Array.ConvertAll(pe.Sections, s => new ExecutableSection(s.RawStart, s.RawSize)),
        VersionInformation = withVersionInformation ? PeVersionInformation.Read(pe) : [],
    };
}
