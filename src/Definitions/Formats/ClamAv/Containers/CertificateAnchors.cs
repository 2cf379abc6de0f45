using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// The certificates that <c>.sign</c> files are traced back to: all <c>*.pem</c> and <c>*.crt</c> files of a folder
/// (clamav-formats.md §1.8). Immutable.
/// </summary>
public sealed class CertificateAnchors
{
    private readonly ImmutableArray<byte[]> _certificates;

    private CertificateAnchors(ImmutableArray<byte[]> certificates) => _certificates = certificates;

    /// <summary>No certificate: <c>.sign</c> files are not used.</summary>
    public static CertificateAnchors None { get; } = new([]);

    /// <summary>True when there is nothing to trace a signature back to.</summary>
    public bool IsEmpty => _certificates.IsEmpty;

    /// <param name="files">Name (for messages) and content: PEM with one certificate or more, or DER with one.</param>
    /// <exception cref="RefusedException">
    /// <c>RootInvalid</c>: a file holds no certificate, or two certificates have the same common name.
    /// </exception>
    public static CertificateAnchors Load(IEnumerable<(string Name, byte[] Content)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var certificates = ImmutableArray.CreateBuilder<byte[]>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, content) in files)
        {
            var loaded = Read(name, content);
            foreach (var certificate in loaded)
            {
                var commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
                certificates.Add(certificate.RawData);
                certificate.Dispose();
                if (!names.Add(commonName))
                {
                    throw ContainerFault.Of(RefusalReason.RootInvalid, $"Two trusted certificates are named {commonName}; {name} holds the second.");
                }
            }
        }

        return new CertificateAnchors(certificates.ToImmutable());
    }

    /// <summary>Certificates of the caller's own, to be disposed.</summary>
    internal X509Certificate2Collection ToCollection() =>
        [.. _certificates.Select(X509CertificateLoader.LoadCertificate)];

    private static X509Certificate2Collection Read(string name, byte[] content)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            if (content.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
            {
                certificates.ImportFromPem(Encoding.ASCII.GetString(content));
            }
            else
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(content));
            }
        }
        catch (CryptographicException e)
        {
            throw new RefusedException(RefusalReason.RootInvalid, $"{name} is no certificate.", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw ContainerFault.Of(RefusalReason.RootInvalid, $"{name} holds no certificate.");
    }
}
