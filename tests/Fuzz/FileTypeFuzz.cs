using Definitions;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;

namespace Fuzz;

/// <summary>File type magic from the first half of the input, the head of an object from the second.</summary>
public static class FileTypeFuzz
{
    private static readonly PackageId _package = new("fuzz", DefinitionsVersion.Parse("20260101.001"));

    /// <exception cref="ImageException">What the compiler wrote cannot be read.</exception>
    public static void Run(ReadOnlySpan<byte> input)
    {
        var half = input.Length / 2;
        var section = new ByteBuffer();
        using var content = new MemoryStream(input[..half].ToArray());
        SignatureParser.Parse(
            content, new SignatureFile("f.ftm", _package, IsOfficial: false),
            signature => TypeTable.Append(section, (FileTypeMagic)signature), static _ => { });
        TypeDetector.Detect(new MemoryContent(input[half..].ToArray()), TypeTable.Read(section.Written.Span));
    }
}
