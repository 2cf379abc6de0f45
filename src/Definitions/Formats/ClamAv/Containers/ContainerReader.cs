using System.Security.Cryptography;
using Definitions.Packages;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// Unpacks CVD, CLD and CUD containers, and verifies all of it on the way: header, signature of the whole, index and its
/// signature, size and SHA-256 of each signature file (clamav-formats.md §1.5). Memory does not grow with the container.
/// </summary>
public static class ContainerReader
{
    private const int BufferBytes = 128 * 1024;

    // The reference engine needs the header and enough of the body to recognise it.
    private const int MinBytes = ContainerHeader.Size + 7;

    /// <summary>Unpacks a whole container. On any failure the files written so far are removed.</summary>
    /// <param name="container">Readable, seekable, at least as long as it is read; not owned.</param>
    /// <param name="source">What it should be.</param>
    /// <param name="emptyFolder">
    /// Exists and is empty; receives the listed members, the index and the licence, flushed to disk. Members that are
    /// neither listed nor of a known extension are left out.
    /// </param>
    /// <exception cref="RefusedException">The container breaks a rule.</exception>
    /// <exception cref="IOException">Our own disk failed.</exception>
    public static UnpackedDatabase Unpack(
        Stream container,
        ContainerSource source,
        string emptyFolder,
        ContainerTrust trust,
        ContainerLimits limits,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(limits);
        if (Directory.EnumerateFileSystemEntries(emptyFolder).Any())
        {
            throw new ArgumentException("The folder is not empty.", nameof(emptyFolder));
        }

        var header = ReadHeader(container, limits);
        var digests = ContainerDigests.Of(container, source.Kind == ContainerKind.Cvd, cancellationToken);
        var signer = trust.ExternalSigner(source.SignFile, digests.Sha256, "container", limits);
        if (source.Kind == ContainerKind.Cvd && signer is null)
        {
            CheckHeaderSignature(header, digests.BodyMd5.Span, trust);
        }

        var index = FindIndex(container, source, trust, signer, limits, cancellationToken);
        if (!header.IsSameRelease(index.Index.Header))
        {
            throw ContainerFault.Malformed($"The header ({header.Version}) and {index.FileName} ({index.Index.Header.Version}) are of different releases.");
        }

        return UnpackMembers(container, index, emptyFolder, digests.Sha256, limits, cancellationToken);
    }

    private static ContainerHeader ReadHeader(Stream container, ContainerLimits limits)
    {
        if (container.Length > limits.MaxPackedBytes)
        {
            throw ContainerFault.Of(RefusalReason.PackageLimit, $"The container has {container.Length} bytes; {limits.MaxPackedBytes} are allowed.");
        }

        Span<byte> start = stackalloc byte[MinBytes];
        container.Position = 0;
        return container.ReadAtLeast(start, MinBytes, throwOnEndOfStream: false) == MinBytes
            ? ContainerHeader.Parse(start)
            : throw ContainerFault.Malformed($"The container has {container.Length} bytes; at least {MinBytes} are needed.");
    }

    private static void CheckHeaderSignature(ContainerHeader header, ReadOnlySpan<byte> bodyMd5, ContainerTrust trust)
    {
        if (!trust.AllowsMd5)
        {
            throw ContainerFault.Unsigned($"Only an MD5 vouches for the container, which is not allowed; a .sign file is needed.");
        }

        if (header.Md5 == ContainerHeader.Absent || header.Signature == ContainerHeader.Absent)
        {
            throw ContainerFault.Unsigned($"The header bears no signature.");
        }

        if (header.Md5 != Convert.ToHexStringLower(bodyMd5))
        {
            throw ContainerFault.Of(RefusalReason.PackageDigest, $"The body's MD5 is {Convert.ToHexStringLower(bodyMd5)}; the header says {header.Md5}.");
        }

        if (!HeaderSignature.IsValid(trust.Keys.Header, bodyMd5, header.Signature))
        {
            throw ContainerFault.Unsigned($"The signature in the header is not valid.");
        }
    }

    /// <summary>Pass 1: the first member whose name ends in <c>.info</c>.</summary>
    private static VerifiedIndex FindIndex(
        Stream container,
        ContainerSource source,
        ContainerTrust trust,
        string? signer,
        ContainerLimits limits,
        CancellationToken cancellationToken)
    {
        using var archive = new ContainerArchive(container, limits);
        while (archive.TryNext(out var member))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!member.Name.EndsWith(ContainerIndex.Extension, StringComparison.Ordinal))
            {
                continue;
            }

            if (member.Size > limits.MaxIndexBytes)
            {
                throw ContainerFault.Of(RefusalReason.PackageLimit, $"{member.Name} has {member.Size} bytes; {limits.MaxIndexBytes} are allowed.");
            }

            var content = new byte[member.Size];
            archive.Read(content);
            var index = VerifiedIndex.Check(member.Name, content, source.Kind, trust, signer, limits);
            return source.DatabaseName is null || index.DatabaseName == source.DatabaseName
                ? index
                : throw ContainerFault.Malformed($"The container holds the database {index.DatabaseName}, not {source.DatabaseName}.");
        }

        throw ContainerFault.Malformed($"The container has no index.");
    }

    /// <summary>Pass 2: what the index vouches for.</summary>
    private static UnpackedDatabase UnpackMembers(
        Stream container, VerifiedIndex index, string folder, Digest digest, ContainerLimits limits, CancellationToken cancellationToken)
    {
        var written = new List<string>();
        var isComplete = false;
        try
        {
            using var target = new MemberFolder(folder, written);
            target.Write(index.FileName, index.Content);
            using var archive = new ContainerArchive(container, limits);
            var members = new List<DatabaseMember>();
            while (archive.TryNext(out var member))
            {
                if (member.Name == UnpackedDatabase.LicenceName)
                {
                    CheckLicence(member, limits);
                    target.Write(member, archive, cancellationToken);
                }
                else if (DatabaseFileNames.IsSignatureFile(member.Name) || index.Index.Find(member.Name) is not null)
                {
                    CheckListed(member, index);
                    members.Add(new DatabaseMember(member.Name, member.Size, target.Write(member, archive, cancellationToken)));
                }
            }

            var database = UnpackedDatabase.Verify(index, folder, members, digest);
            isComplete = true;
            return database;
        }
        finally
        {
            if (!isComplete)
            {
                written.ForEach(File.Delete);
            }
        }
    }

    private static void CheckLicence(MemberHeader member, ContainerLimits limits)
    {
        if (member.Size > limits.MaxLicenceBytes)
        {
            throw ContainerFault.Of(RefusalReason.PackageLimit, $"{member.Name} has {member.Size} bytes; {limits.MaxLicenceBytes} are allowed.");
        }
    }

    /// <summary>Before anything of it is written: name and size.</summary>
    private static void CheckListed(MemberHeader member, VerifiedIndex index)
    {
        if (!PackageFileName.IsValid(member.Name))
        {
            throw ContainerFault.Of(RefusalReason.PathUnsafe, $"The name of member {member.Name} is not allowed.");
        }

        var listed = UnpackedDatabase.Listed(index, member.Name);
        if (member.Size != listed.Size)
        {
            throw ContainerFault.Of(RefusalReason.FileDigest, $"{member.Name} has {member.Size} bytes; {index.FileName} says {listed.Size}.");
        }
    }

    /// <summary>Writes members as files of one folder, each name once in whatever case.</summary>
    private sealed class MemberFolder(string folder, List<string> written) : IDisposable
    {
        private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[BufferBytes];
        private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

        public void Write(string name, ReadOnlySpan<byte> content)
        {
            using var file = Create(name);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        /// <returns>SHA-256 of what was written: all of the member.</returns>
        public Digest Write(MemberHeader member, ContainerArchive archive, CancellationToken cancellationToken)
        {
            using var file = Create(member.Name);
            while (archive.Read(_buffer) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _sha256.AppendData(_buffer, 0, read);
                file.Write(_buffer, 0, read);
            }

            file.Flush(flushToDisk: true);
            return Digest.Of(_sha256);
        }

        public void Dispose() => _sha256.Dispose();

        private FileStream Create(string name)
        {
            if (!_names.Add(name))
            {
                throw ContainerFault.Of(RefusalReason.FileSet, $"The archive holds {name} twice.");
            }

            var path = Path.Combine(folder, name);
            written.Add(path);
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
    }
}
