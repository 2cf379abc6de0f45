using Definitions.Packages;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>Evidence: an index that its kind of container trusts (clamav-formats.md §1.5, steps 2 and 3).</summary>
internal sealed class VerifiedIndex
{
    private VerifiedIndex(string fileName, byte[] content, ContainerIndex index, ContainerKind kind, string? signerName)
    {
        FileName = fileName;
        Content = content;
        Index = index;
        Kind = kind;
        SignerName = signerName;
    }

    /// <summary>Such as <c>daily.info</c>.</summary>
    public string FileName { get; }

    public string DatabaseName => FileName[..^ContainerIndex.Extension.Length];

    public byte[] Content { get; }

    public ContainerIndex Index { get; }

    public ContainerKind Kind { get; }

    /// <summary>Common name of an external signature over the whole container, which then stands for the index's own.</summary>
    public string? SignerName { get; }

    /// <exception cref="RefusedException">The index is malformed, or nobody who is trusted signed it.</exception>
    public static VerifiedIndex Check(
        string fileName, byte[] content, ContainerKind kind, ContainerTrust trust, string? signerName, ContainerLimits limits)
    {
        if (!PackageFileName.IsValid(fileName))
        {
            throw ContainerFault.Of(RefusalReason.PathUnsafe, $"The index is named {fileName}, which is no safe file name.");
        }

        var index = ContainerIndex.Parse(content, limits);
        var isDemanded = kind.IsSigned() && signerName is null;
        if (isDemanded && index.Signature is null)
        {
            throw ContainerFault.Unsigned($"{fileName} bears no signature.");
        }

        // An unsigned container needs none, but one that is wrong says that somebody changed a signed index.
        if (signerName is null && index.Signature is not null && !index.IsSignedBy(trust.Keys.Index))
        {
            throw ContainerFault.Unsigned($"The signature of {fileName} is not valid.");
        }

        return new VerifiedIndex(fileName, content, index, kind, signerName);
    }
}
