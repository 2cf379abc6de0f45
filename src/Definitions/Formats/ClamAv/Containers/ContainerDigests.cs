using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>The digests of a whole file, taken in one pass.</summary>
/// <param name="Sha256">Of all bytes.</param>
/// <param name="BodyMd5">Of the bytes behind the header, 16 of them; empty when it was not asked for.</param>
internal readonly record struct ContainerDigests(Digest Sha256, ReadOnlyMemory<byte> BodyMd5)
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="container">Read from its start to its end.</param>
    /// <param name="wantsMd5">For containers whose header is signed.</param>
    [SuppressMessage("Security", "CA5351", Justification = "The format's header signature is over the MD5 (clamav-formats.md §1.7).")]
    public static ContainerDigests Of(Stream container, bool wantsMd5, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = wantsMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        var buffer = new byte[BufferBytes];
        container.Position = 0;
        var headerLeft = ContainerHeader.Size;
        while (container.Read(buffer) is var read and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sha256.AppendData(buffer, 0, read);
            var skipped = Math.Min(headerLeft, read);
            headerLeft -= skipped;
            md5?.AppendData(buffer, skipped, read - skipped);
        }

        return new ContainerDigests(Digest.Of(sha256), md5?.GetHashAndReset() ?? []);
    }
}
