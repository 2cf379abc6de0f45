using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>A database as one file of a mirror: its header alone, or all of it, verified and unpacked.</summary>
internal sealed class WholeDatabase(
    SourceOptions options, Mirror mirror, string database, string work, ContainerTrust trust, SourceContext context)
{
    /// <summary>Real ones have about 9 KiB.</summary>
    public const int MaxSignFileBytes = 1 << 20;

    private int _folders;

    /// <summary>A private mirror may hold what its updater patched itself.</summary>
    private IEnumerable<ContainerKind> Kinds => options.Mirror.IsPrivate ? [ContainerKind.Cld, ContainerKind.Cvd] : [ContainerKind.Cvd];

    /// <summary>An empty folder below the work folder.</summary>
    public string NewFolder()
    {
        var folder = Path.Combine(work, $"files{++_folders}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The version in the mirror's file, from its first 512 bytes. Not signed: only a hint what to fetch.</summary>
    /// <param name="knownSince">Creation time of what is here; null = nothing.</param>
    /// <returns>Null when the file is not newer than that.</returns>
    public async Task<long?> ProbeAsync(DateTimeOffset? knownSince, CancellationToken cancellationToken)
    {
        foreach (var kind in Kinds)
        {
            using var start = new MemoryStream();
            var request = new SourceRequest(FileName(kind), ContainerHeader.Size)
            {
                FirstBytes = ContainerHeader.Size,
                IfModifiedSince = knownSince > DateTimeOffset.UnixEpoch ? knownSince : null,
            };
            if (await FetchOrMissAsync(kind, () => mirror.FetchAsync(request, start, context.Journal, cancellationToken)) is not { } reply)
            {
                continue;
            }

            if (reply.IsNotModified)
            {
                return null;
            }

            return start.Length == ContainerHeader.Size
                ? ContainerHeader.Parse(start.ToArray()).Version
                : throw new RefusedException(RefusalReason.DatabaseMalformed, $"{FileName(kind)} of {mirror.Url} ends after {start.Length} bytes.");
        }

        throw Missing();
    }

    public async Task<UnpackedDatabase> FetchAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(work, "whole");
        foreach (var kind in Kinds)
        {
            context.FreeSpace.Demand(context.Folders, 0, $"Downloading {FileName(kind)}");
            var request = new SourceRequest(FileName(kind), options.MaxFileBytes);
            if (await FetchOrMissAsync(kind, () => mirror.FetchAsync(request, path, context.Journal, cancellationToken)) is { } reply)
            {
                context.Journal.Note($"{FileName(kind)} came from {mirror.Url}: {reply.Bytes} bytes.");
                return await UnpackAsync(kind, path, cancellationToken);
            }
        }

        throw Missing();
    }

    private async Task<UnpackedDatabase> UnpackAsync(ContainerKind kind, string path, CancellationToken cancellationToken)
    {
        var sign = kind == ContainerKind.Cvd && options.Mirror.Certificates.Length > 0
            ? await mirror.TryFetchSmallAsync($"{database}-{await VersionOfAsync(path, cancellationToken)}.cvd.sign", MaxSignFileBytes, context.Journal, cancellationToken)
            : null;

        // Text packs to a quarter or less; what it really is shows while unpacking, within limits.
        context.FreeSpace.Demand(context.Folders, FreeSpace.Need(0, 4 * new FileInfo(path).Length, 0), $"Unpacking {database}");
        var folder = NewFolder();
        var source = new ContainerSource(kind, database, sign is null ? null : new ReadOnlyMemory<byte>(sign));
        await using var container = File.OpenRead(path);
        return await Task.Run(
            () => ContainerReader.Unpack(container, source, folder, trust, MirrorTrust.LimitsFor(options), cancellationToken),
            cancellationToken);
    }

    private static async Task<long> VersionOfAsync(string path, CancellationToken cancellationToken)
    {
        var header = new byte[ContainerHeader.Size];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        return ContainerHeader.Parse(header.AsSpan(0, read)).Version;
    }

    /// <summary>403 for the first of two kinds means missing where a bucket says so; for the last it is the answer.</summary>
    private async Task<SourceReply?> FetchOrMissAsync(ContainerKind kind, Func<Task<SourceReply?>> fetch)
    {
        try
        {
            return await fetch();
        }
        catch (SourceException e) when (e.IsForbidden && kind != Kinds.Last())
        {
            return null;
        }
    }

    private string FileName(ContainerKind kind) => database + (kind == ContainerKind.Cld ? ".cld" : ".cvd");

    private SourceException Missing() =>
        new(FailureReason.SourceAnswer, $"{mirror.Url} has no {string.Join(" and no ", Kinds.Select(FileName))}.");
}
