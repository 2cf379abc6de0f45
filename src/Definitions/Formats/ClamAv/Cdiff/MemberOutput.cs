using System.Security.Cryptography;
using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>A new version of a file while it is written: counts and hashes, under the budget of the whole patch.</summary>
internal sealed class MemberOutput : IDisposable
{
    private readonly FileStream _file;
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly WriteBudget _budget;
    private long _size;

    public MemberOutput(string path, WriteBudget budget)
    {
        _budget = budget;
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 64 * 1024);
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        _budget.Take(content.Length);
        _sha256.AppendData(content);
        _size += content.Length;
        _file.Write(content);
    }

    public void Write(Stream content)
    {
        var buffer = new byte[64 * 1024];
        while (content.Read(buffer) is var read and > 0)
        {
            Write(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Flushes to disk.</summary>
    /// <returns>Size and digest of all that was written.</returns>
    public DatabaseMember Complete(string name)
    {
        _file.Flush(flushToDisk: true);
        return new DatabaseMember(name, _size, Digest.Of(_sha256));
    }

    public void Dispose()
    {
        _file.Dispose();
        _sha256.Dispose();
    }
}

/// <summary>What a patch may still write, and whether it may go on at all.</summary>
internal sealed class WriteBudget(long maxBytes, CancellationToken cancellationToken)
{
    private long _left = maxBytes;

    /// <exception cref="RefusedException"><c>PackageLimit</c></exception>
    public void Take(int bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _left -= bytes;
        if (_left < 0)
        {
            throw PatchFault.Of(RefusalReason.PackageLimit, $"The patch writes more bytes than are allowed.");
        }
    }
}
