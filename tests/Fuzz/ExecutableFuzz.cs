using Engine.Executables;
using Engine.FileTypes;
using Engine.Objects;

namespace Fuzz;

/// <summary>Reads the bytes as an executable; nothing may escape, and every range has to lie where it may.</summary>
internal static class ExecutableFuzz
{
    public static void Pe(ReadOnlySpan<byte> bytes)
    {
        Run(bytes, ObjectType.Pe);
        using var content = new MemoryContent(bytes.ToArray());
        if (PeHeaders.Read(new HeaderBytes(content)) is { } pe)
        {
            PeImports.Read(pe);
        }
    }

    public static void Elf(ReadOnlySpan<byte> bytes) => Run(bytes, ObjectType.Elf);

    public static void MachO(ReadOnlySpan<byte> bytes) => Run(bytes, ObjectType.MachO);

    private static void Run(ReadOnlySpan<byte> bytes, ObjectType type)
    {
        using var content = new MemoryContent(bytes.ToArray());
        if (ExecutableParser.Parse(content, type, withVersionInformation: true) is not { } layout)
        {
            return;
        }

        foreach (var range in layout.Sections.Concat(layout.VersionInformation))
        {
            if (range.Start < 0 || range.Size < 0 || (range.Size > 0 && range.Start > content.Length - range.Size))
            {
                throw new InvalidOperationException($"{range} leaves a file of {content.Length} bytes.");
            }
        }
    }
}
