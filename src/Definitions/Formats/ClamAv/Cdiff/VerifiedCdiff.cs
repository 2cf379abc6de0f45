using System.Text;
using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>
/// Evidence: a patch whose signature was verified, while nothing of it was decompressed yet (clamav-formats.md §2.1). It
/// holds the file's bytes, so that what is applied is what was verified.
/// </summary>
public sealed class VerifiedCdiff
{
    // ClamAV-Diff:version:length: with two numbers of up to 15 digits.
    private const int MaxHeaderBytes = 12 + 16 + 16;

    // The signature is looked for in so many last bytes, and no shorter file is one.
    private const int TailBytes = 350;

    private readonly ReadOnlyMemory<byte> _packedScript;

    private VerifiedCdiff(long version, int scriptBytes, Digest digest, ReadOnlyMemory<byte> packedScript, string? signerName)
    {
        Version = version;
        ScriptBytes = scriptBytes;
        FileDigest = digest;
        SignerName = signerName;
        _packedScript = packedScript;
    }

    /// <summary>The version that the patch leads to, from the one before it.</summary>
    public long Version { get; }

    /// <summary>Announced length of the script; checked while it is decompressed.</summary>
    public int ScriptBytes { get; }

    /// <summary>SHA-256 of the whole file.</summary>
    public Digest FileDigest { get; }

    /// <summary>Common name of the certificate behind a <c>.sign</c> file; null when key C decided.</summary>
    public string? SignerName { get; }

    /// <summary>A patch of zero bytes is the publisher's way to say: fetch the whole database instead.</summary>
    public static bool IsWholeFileSignal(long fileBytes) => fileBytes == 0;

    /// <summary>Reads a patch to its end and verifies its signature.</summary>
    /// <param name="cdiff">Stands at the first byte; not owned.</param>
    /// <param name="signFile">Content of the <c>.sign</c> file beside it; null when there is none.</param>
    /// <exception cref="RefusedException">
    /// <c>PatchMalformed</c>, <c>DatabaseSignature</c>, <c>PackageLimit</c>; for the <c>.sign</c> file also <c>DatabaseMalformed</c>.
    /// </exception>
    public static VerifiedCdiff Open(
        Stream cdiff, ContainerTrust trust, ReadOnlyMemory<byte>? signFile, CdiffLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cdiff);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(limits);
        var content = ReadAll(cdiff, limits, cancellationToken);
        if (IsWholeFileSignal(content.Length))
        {
            throw PatchFault.Malformed($"The patch is empty, which says: fetch the whole database.");
        }

        if (content.Length < TailBytes)
        {
            throw PatchFault.Malformed($"The patch has {content.Length} bytes; at least {TailBytes} are needed.");
        }

        var (version, scriptBytes, headerBytes) = ReadHeader(content.Span, limits);
        var signed = content.Length - TailBytes + content.Span[^TailBytes..].LastIndexOf((byte)':');
        if (signed < content.Length - TailBytes || signed < headerBytes)
        {
            throw PatchFault.Malformed($"The patch ends without a signature.");
        }

        var digest = Digest.Of(content.Span);
        var signer = trust.ExternalSigner(signFile, digest, "patch", ContainerLimits.Default);
        if (signer is null
            && !SaltedSignature.IsValid(
                trust.Keys.Patch, Digest.Of(content.Span[..signed]), Encoding.Latin1.GetString(content.Span[(signed + 1)..])))
        {
            throw ContainerFault.Unsigned($"The signature of the patch is not valid.");
        }

        return new VerifiedCdiff(version, scriptBytes, digest, content[headerBytes..signed], signer);
    }

    /// <summary>The script, cut off with a refusal where it is longer or shorter than announced.</summary>
    internal Stream OpenScript() => new ScriptStream(_packedScript.ToArray(), ScriptBytes);

    private static ReadOnlyMemory<byte> ReadAll(Stream cdiff, CdiffLimits limits, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (cdiff.Read(buffer) is var read and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (content.Length + read > limits.MaxPackedBytes)
            {
                throw PatchFault.Of(RefusalReason.PackageLimit, $"The patch has more than {limits.MaxPackedBytes} bytes.");
            }

            content.Write(buffer, 0, read);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static (long Version, int ScriptBytes, int HeaderBytes) ReadHeader(ReadOnlySpan<byte> content, CdiffLimits limits)
    {
        var magic = "ClamAV-Diff:"u8;
        var start = content[..MaxHeaderBytes];
        if (start.StartsWith(magic))
        {
            var numbers = start[magic.Length..];
            var first = numbers.IndexOf((byte)':');
            var second = first < 0 ? -1 : numbers[(first + 1)..].IndexOf((byte)':');
            if (second > 0
                && DecimalNumber.TryRead(numbers[..first], limit: 1L << 48, out var version)
                && DecimalNumber.TryRead(numbers.Slice(first + 1, second), limit: 1L << 48, out var scriptBytes))
            {
                return scriptBytes <= limits.MaxScriptBytes
                    ? (version, (int)scriptBytes, magic.Length + first + 1 + second + 1)
                    : throw PatchFault.Of(RefusalReason.PackageLimit, $"The patch's script has {scriptBytes} bytes; {limits.MaxScriptBytes} are allowed.");
            }
        }

        throw PatchFault.Malformed($"The patch does not start with ClamAV-Diff:version:length:.");
    }
}
