using System.Security.Cryptography;
using Definitions;
using Definitions.Trust;

namespace Updater.Sources;

/// <summary>
/// Writes a target's bytes to a file and hashes them on the way. May be rewound to its beginning, and only there, so
/// that a download can start again.
/// </summary>
/// <remarks>A rewind keeps the file's space: what was reserved for the download stays reserved (M-207).</remarks>
internal sealed class TargetStream(FileStream file, IProgress<long>? progress) : Stream
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private long _written;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => SetLength(value);
    }

    /// <summary>What arrived is what was signed: length first, then every listed hash (tuf-client.md §5.7).</summary>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.PackageTruncated"/>, <see cref="RefusalReason.PackageTooLong"/> or
    /// <see cref="RefusalReason.PackageDigest"/>.
    /// </exception>
    public void Demand(TargetFile target)
    {
        if (_written != target.Length)
        {
            throw new RefusedException(
                _written < target.Length ? RefusalReason.PackageTruncated : RefusalReason.PackageTooLong,
                $"'{target.Path}' has {_written} bytes, {target.Length} are signed.");
        }

        if (!target.Hashes.Fit(Digest.Of(_sha256), _sha512.GetHashAndReset()))
        {
            throw new RefusedException(
                RefusalReason.PackageDigest, $"'{target.Path}' has another hash than the signed one.");
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await file.WriteAsync(buffer, cancellationToken);
        _sha256.AppendData(buffer.Span);
        _sha512.AppendData(buffer.Span);
        _written += buffer.Length;
        progress?.Report(_written);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void SetLength(long value)
    {
        if (value == _written)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(value, 0);
        file.Position = 0;
        _ = _sha256.GetHashAndReset();
        _ = _sha512.GetHashAndReset();
        _written = 0;
        progress?.Report(0);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // The file is flushed by its owner, to the disk.
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sha256.Dispose();
            _sha512.Dispose();
        }

        base.Dispose(disposing);
    }
}
