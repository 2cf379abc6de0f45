using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Definitions.Trust;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>One configured file: where it lies, and what its bytes must fit before anything else looks at them.</summary>
internal sealed class CustomFile(SourceAddress address, IConditionalSource source)
{
    /// <summary>A digest, a blank and a file name; lists of some hundred files fit too.</summary>
    private const int MaxChecksumBytes = 256 * 1024;

    private const int DigestDigits = 64;

    /// <summary>For state and messages.</summary>
    public string Address => address.Text;

    public string Name => address.FileName;

    /// <summary>What cool-downs belong to: the server, or the folder.</summary>
    public string Server { get; } = Uri.TryCreate(address.Text, UriKind.Absolute, out var url) && url.Host.Length > 0
        ? url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + "/"
        : address.Folder;

    /// <summary>
    /// What the file's state is kept under: address and demands. With other demands it is another file, so that what
    /// was taken before is not taken for checked.
    /// </summary>
    public string KeyFor(SourceOptions options) =>
        $"{address.Text} sha256={address.Sha256} beside={options.Files.HasChecksums} minisign={options.Files.MinisignKey}";

    /// <summary>Fetches the file and checks it.</summary>
    /// <param name="known">Validators of what is here already; null = fetch whatever is there.</param>
    /// <param name="path">Exists afterwards exactly if the reply brought a body that passed.</param>
    /// <exception cref="RefusedException"><see cref="RefusalReason.PackageDigest"/>, <see cref="RefusalReason.DatabaseSignature"/>, <see cref="RefusalReason.PackageTooLong"/> or <see cref="RefusalReason.PackageMalformed"/>.</exception>
    /// <exception cref="SourceException">The file or what belongs to it could not be had.</exception>
    public async Task<SourceReply> FetchAsync(
        FileMark? known, string path, SourceOptions options, MinisignKey? key, CancellationToken cancellationToken)
    {
        SourceReply reply;
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var request = new SourceRequest(address.LastPart, options.MaxFileBytes)
            {
                IfNoneMatch = known?.Tag,
                IfModifiedSince = known?.Modified,
            };
            reply = await DemandAsync(request, file, cancellationToken);
            if (!reply.IsNotModified)
            {
                await CheckAsync(file, options, key, cancellationToken);
            }
        }

        if (reply.IsNotModified)
        {
            File.Delete(path);
        }

        return reply;
    }

    private async Task CheckAsync(FileStream file, SourceOptions options, MinisignKey? key, CancellationToken cancellationToken)
    {
        file.Position = 0;
        var digest = new Digest(await SHA256.HashDataAsync(file, cancellationToken));
        if (address.Sha256 is { } configured && digest != configured)
        {
            throw new RefusedException(
                RefusalReason.PackageDigest, $"{Address} has the SHA-256 {digest}; the configuration demands {configured}.");
        }

        if (options.Files.HasChecksums && await ChecksumAsync(cancellationToken) is var listed && digest != listed)
        {
            throw new RefusedException(
                RefusalReason.PackageDigest, $"{Address} has the SHA-256 {digest}; the .sha256 beside it says {listed}.");
        }

        if (key is not null)
        {
            file.Position = 0;
            await VerifyAsync(file, key, cancellationToken);
        }

        file.Position = 0;
        DemandNoPage(file);
    }

    private async Task VerifyAsync(FileStream file, MinisignKey key, CancellationToken cancellationToken)
    {
        var text = await BesideAsync(".minisig", MinisignSignature.MaxBytes, cancellationToken);
        if (!MinisignSignature.TryParse(text, out var signature) || !await Task.Run(() => key.Verifies(signature, file), cancellationToken))
        {
            throw new RefusedException(
                RefusalReason.DatabaseSignature, $"The .minisig beside {Address} is no signature of it by the configured key.");
        }
    }

    /// <summary>The digest of the line that names the file, or of the only line.</summary>
    private async Task<Digest> ChecksumAsync(CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(await BesideAsync(".sha256", MaxChecksumBytes, cancellationToken));
        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= DigestDigits).ToList();
        var line = lines.FirstOrDefault(line => line[DigestDigits..].TrimStart(' ', '*', '\t') == Name) ?? (lines is [var only] ? only : null);
        return line is not null && Digest.TryParse(line[..DigestDigits].ToLowerInvariant(), out var digest)
            ? digest
            : throw new RefusedException(RefusalReason.PackageDigest, $"The .sha256 beside {Address} holds no SHA-256 of it.");
    }

    private async Task<byte[]> BesideAsync(string suffix, int maxBytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await DemandAsync(new SourceRequest(address.LastPart + suffix, maxBytes), content, cancellationToken);
        return content.ToArray();
    }

    private async Task<SourceReply> DemandAsync(SourceRequest request, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            return await source.FetchAsync(request, destination, cancellationToken)
                ?? throw new SourceException(FailureReason.SourceAnswer, $"{source.DisplayUrl} has no {request.Path}.");
        }
        catch (SourceException e) when (e.IsTooLong)
        {
            throw new RefusedException(RefusalReason.PackageTooLong, e.Message, e);
        }
    }

    /// <summary>
    /// Captive portals and moved sites answer 200 with a page, and some servers send the packed file as it lies there; every
    /// line of it would be a bad signature.
    /// </summary>
    private void DemandNoPage(FileStream file)
    {
        Span<byte> start = stackalloc byte[64];
        var head = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (!ContainerFiles.IsContainer(Name) && PackedContent.Describe(head) is { } packed)
        {
            throw new RefusedException(RefusalReason.PackageMalformed, $"{Address} is {packed}, not signature text.");
        }

        var text = head.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.IsEmpty || text[0] == (byte)'<')
        {
            throw new RefusedException(
                RefusalReason.PackageMalformed, $"{Address} is {(text.IsEmpty ? "empty" : "a web page")}, not a signature file.");
        }
    }
}
