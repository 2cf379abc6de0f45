using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.FileTypes;

namespace Engine.Images;

/// <summary>
/// What some signature of an image asks of objects besides their bytes, so that nothing is parsed or decoded in vain.
/// </summary>
[Flags]
public enum ImageFeatures : uint
{
    None = 0,

    /// <summary>Entry point or sections of PE files; 1 shifted by the target, as the two below.</summary>
    PeLayout = 1 << 1,

    ElfLayout = 1 << 6,

    MachOLayout = 1 << 9,

    /// <summary>The strings of a PE's version information.</summary>
    VersionInformation = 1 << 16,

    /// <summary>The perceptual hash of pictures.</summary>
    FuzzyHash = 1 << 17,
}

/// <summary>Section <see cref="SectionKind.Features"/>: one u32.</summary>
internal static class ImageFeatureWord
{
    private const ImageFeatures Layouts = ImageFeatures.PeLayout | ImageFeatures.ElfLayout | ImageFeatures.MachOLayout;

    /// <summary>True when the type's headers are asked for.</summary>
    public static bool NeedsLayout(this ImageFeatures features, ObjectType type) => type switch
    {
        ObjectType.Pe => features.HasFlag(ImageFeatures.PeLayout),
        ObjectType.Elf => features.HasFlag(ImageFeatures.ElfLayout),
        ObjectType.MachO => features.HasFlag(ImageFeatures.MachOLayout),
        _ => false,
    };

    /// <summary>What a condition on entry point or sections asks for: the target's layout.</summary>
    public static ImageFeatures LayoutOf(int target) => (ImageFeatures)(1u << target) & Layouts;

    public static ImageFeatures Of(BodySignature body) => Of(body.Offset, body.Target);

    public static ImageFeatures Of(LogicalSignature logical)
    {
        var description = logical.Description;
        var features = description.EntryPoint is not null || description.NumberOfSections is not null
            ? LayoutOf(description.Target)
            : ImageFeatures.None;
        foreach (var subsignature in logical.Subsignatures)
        {
            features |= subsignature switch
            {
                BodySubsignature body => Of(body.Offset, description.Target),
                RegexSubsignature regex => Of(regex.Offset, description.Target),
                FuzzyImageSubsignature => ImageFeatures.FuzzyHash,
                FormulaSubsignature formula when AsksForEntryPoint(formula.Formula) => description.Target == 0 ? Layouts : LayoutOf(description.Target),
                _ => ImageFeatures.None,
            };
        }

        return features;
    }

    private static bool AsksForEntryPoint(Formula formula) =>
        formula.Kind == FormulaKind.EntryPoint || formula.Terms.Any(AsksForEntryPoint);

    private static ImageFeatures Of(SignatureOffset offset, int target) =>
        (!offset.NeedsExecutable ? ImageFeatures.None : target == 0 ? Layouts : LayoutOf(target))
        | (offset.Base == OffsetBase.VersionInformation ? ImageFeatures.VersionInformation : ImageFeatures.None);

    public static ImageFeatures Of(HashPurpose purpose) =>
        purpose == HashPurpose.PeSection ? ImageFeatures.PeLayout : ImageFeatures.None;

    public static void Write(ImageWriter writer, ImageFeatures features)
    {
        if (features != ImageFeatures.None)
        {
            var word = new ByteBuffer();
            word.AddUInt32((uint)features);
            writer.Add(SectionKind.Features, word.Written, 4, SectionFlags.None);
        }
    }

    /// <exception cref="ImageException">The section is not one word.</exception>
    public static ImageFeatures Read(ReadOnlySpan<byte> section) => section.Length switch
    {
        0 => ImageFeatures.None,
        4 => (ImageFeatures)BinaryPrimitives.ReadUInt32LittleEndian(section),
        _ => throw ImageException.Damaged("the features are not one word"),
    };
}
