namespace Definitions.Formats.ClamAv.Containers;

/// <summary>Whose signatures are believed, as one immutable value.</summary>
public sealed record ContainerTrust
{
    /// <summary>Schemes 1 and 2. Another publisher's keys replace all three.</summary>
    public ClamAvKeys Keys { get; init; } = ClamAvKeys.Published;

    /// <summary>For <c>.sign</c> files; without any certificate those files are not used.</summary>
    public CertificateAnchors Anchors { get; init; } = CertificateAnchors.None;

    /// <summary>Picks the lines of <c>.sign</c> files; real ones start at 230 (clamav-formats.md §1.8).</summary>
    public int FunctionalityLevel { get; init; } = 230;

    /// <summary>
    /// False refuses what only the MD5 in the header vouches for: a container without a valid <c>.sign</c> file
    /// (<c>FIPSCryptoHashLimits</c>).
    /// </summary>
    public bool AllowsMd5 { get; init; } = true;

    /// <summary>For the validity of certificates.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The decision of clamav-formats.md §1.8.</summary>
    /// <param name="signFile">Null when no such file was found.</param>
    /// <param name="content">SHA-256 of the whole container or patch.</param>
    /// <param name="what">Names it in messages.</param>
    /// <param name="limits">For the file's size.</param>
    /// <returns>The signer's common name; null when no external signature is for us and the older schemes decide.</returns>
    /// <exception cref="RefusedException"><c>DatabaseSignature</c>: there is one, and it is wrong.</exception>
    internal string? ExternalSigner(ReadOnlyMemory<byte>? signFile, Digest content, string what, ContainerLimits limits)
    {
        if (signFile is not { } file || Anchors.IsEmpty)
        {
            return null;
        }

        var signatures = SignFile.SignaturesFor(FunctionalityLevel, file.Span, limits);
        if (signatures.Count == 0)
        {
            return null;
        }

        return signatures.Select(cms => DetachedSignature.SignerOf(cms, content, Anchors, Now)).FirstOrDefault(name => name is not null)
            ?? throw ContainerFault.Unsigned($"The .sign file of the {what} holds no valid signature of a trusted certificate.");
    }
}
