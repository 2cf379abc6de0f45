using System.Diagnostics.CodeAnalysis;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>The three kinds of database container (clamav-formats.md §1.1). Only the file name tells them apart.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the format.")]
public enum ContainerKind
{
    /// <summary>As the publisher signed it: MD5 and signature in the header, signature in the index.</summary>
    Cvd = 0,

    /// <summary>Patched on the client: the header has neither, the index is signed.</summary>
    Cld = 1,

    /// <summary>A person's own container: nothing is signed, so its names are reported with <c>.UNOFFICIAL</c>.</summary>
    Cud = 2,
}

/// <summary>File names of containers.</summary>
public static class ContainerKinds
{
    /// <summary>By the extension, in either case.</summary>
    public static bool TryOfFileName(ReadOnlySpan<char> name, out ContainerKind kind)
    {
        const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;
        ContainerKind? found = name.EndsWith(".cvd", AnyCase) ? ContainerKind.Cvd
            : name.EndsWith(".cld", AnyCase) ? ContainerKind.Cld
            : name.EndsWith(".cud", AnyCase) ? ContainerKind.Cud
            : null;
        kind = found ?? default;
        return found is not null;
    }

    /// <summary>True where a publisher's signature stands behind the content (clamav-formats.md §1.1).</summary>
    public static bool IsSigned(this ContainerKind kind) => kind is not ContainerKind.Cud;
}
