using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>A database as one file of a mirror: its header alone, or all of it, verified and unpacked.</summary>
/// <param name="state">Remembers what was refused.</param>
/// <param name="isLastAttempt">True: bytes that are wrong are not asked for again in this run.</param>
internal sealed class WholeDatabase(
    SourceOptions options,
    Mirror mirror,
    string database,
    string work,
    ContainerTrust trust,
    SourceState state,
    bool isLastAttempt,
    SourceContext context,
    TimeProvider time)
{
    /// <summary>Real ones have about 9 KiB.</summary>
    public const int MaxSignFileBytes = 1 << 20;

    private int _folders;

    // What the mirror's file began with when it was asked last: one request serves both questions about it.
    private (ContainerKind Kind, byte[] Header, SourceReply Reply)? _start;

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
            if (await FetchStartAsync(kind, start, knownSince, cancellationToken) is not { } reply)
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

    /// <exception cref="RefusedException">Its content is wrong; also when it was before and did not change since, without a download.</exception>
    public async Task<UnpackedDatabase> FetchAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(work, "whole");
        foreach (var kind in Kinds)
        {
            await DemandOtherThanRefusedAsync(kind, cancellationToken);
            context.FreeSpace.Demand(context.Folders, 0, $"Downloading {FileName(kind)}");
            var request = new SourceRequest(FileName(kind), options.MaxFileBytes);
            if (await FetchOrMissAsync(kind, () => mirror.FetchAsync(request, path, context.Journal, cancellationToken)) is { } reply)
            {
                context.Journal.Note($"{FileName(kind)} came from {mirror.Url}: {reply.Bytes} bytes.");
                return await UnpackOrRememberAsync(kind, path, reply, cancellationToken);
            }
        }

        throw Missing();
    }

    /// <summary>Signature files that appear beside a container change what it is worth, so with certificates each one is fetched.</summary>
    private bool Remembers => options.Mirror.Certificates.Length == 0;

    private string KeyOf(ContainerKind kind) => mirror.Url + FileName(kind);

    private async Task DemandOtherThanRefusedAsync(ContainerKind kind, CancellationToken cancellationToken)
    {
        if (!Remembers || context.IsForced || state.FindRefused(KeyOf(kind)) is not { } refused)
        {
            return;
        }

        if (_start?.Kind != kind)
        {
            using var start = new MemoryStream();
            await FetchStartAsync(kind, start, knownSince: null, cancellationToken);
        }

        if (_start is { } found && found.Kind == kind
            && refused.IsStill(RefusedContainer.MarkOf(found.Header, found.Reply, trust.Keys), time.GetUtcNow()))
        {
            throw new RefusedException(
                refused.Reason, $"{FileName(kind)} of {mirror.Url} was refused at {IsoTimes.Text(refused.At)} and has not changed since: {refused.Message}");
        }
    }

    private async Task<UnpackedDatabase> UnpackOrRememberAsync(
        ContainerKind kind, string path, SourceReply reply, CancellationToken cancellationToken)
    {
        try
        {
            var unpacked = await UnpackAsync(kind, path, cancellationToken);
            await state.ForgetRefusedAsync(KeyOf(kind), cancellationToken);
            return unpacked;
        }
        catch (RefusedException e)
        {
            // What is whole and not signed was not damaged on its way.
            if (Remembers && RefusedContainer.IsOfContent(e.Reason) && (isLastAttempt || e.Reason == RefusalReason.DatabaseSignature))
            {
                var mark = RefusedContainer.MarkOf(await StartOfAsync(path, cancellationToken), reply, trust.Keys);
                await state.RefuseAsync(KeyOf(kind), new RefusedContainer(mark, e.Reason, e.Message, time.GetUtcNow()), cancellationToken);
            }

            throw new RefusedException(e.Reason, $"{FileName(kind)} of {mirror.Url}: {e.Message}", e);
        }
    }

    private async Task<SourceReply?> FetchStartAsync(
        ContainerKind kind, MemoryStream start, DateTimeOffset? knownSince, CancellationToken cancellationToken)
    {
        var request = new SourceRequest(FileName(kind), ContainerHeader.Size)
        {
            FirstBytes = ContainerHeader.Size,
            IfModifiedSince = knownSince > DateTimeOffset.UnixEpoch ? knownSince : null,
        };
        var reply = await FetchOrMissAsync(kind, () => mirror.FetchAsync(request, start, context.Journal, cancellationToken));
        _start = reply is { IsNotModified: false } ? (kind, start.ToArray(), reply) : null;
        return reply;
    }

    private async Task<UnpackedDatabase> UnpackAsync(ContainerKind kind, string path, CancellationToken cancellationToken)
    {
        var sign = kind == ContainerKind.Cvd && options.Mirror.Certificates.Length > 0
            ? await mirror.TryFetchSmallAsync($"{database}-{await VersionOfAsync(path, cancellationToken)}.cvd.sign", MaxSignFileBytes, context.Journal, cancellationToken)
            : null;

        // Text packs to a quarter or less; what it really is shows while unpacking, within limits.
        context.FreeSpace.Demand(context.Folders, FreeSpace.Need(0, 4 * new FileInfo(path).Length, 0), $"Unpacking {database}");
        var folder = NewFolder();
        var source = new ContainerSource(kind, database, sign);
        await using var container = File.OpenRead(path);
        return await Task.Run(
            () => ContainerReader.Unpack(container, source, folder, trust, MirrorTrust.LimitsFor(options), cancellationToken),
            cancellationToken);
    }

    private static async Task<long> VersionOfAsync(string path, CancellationToken cancellationToken) =>
        ContainerHeader.Parse(await StartOfAsync(path, cancellationToken)).Version;

    /// <summary>The header, or all of a file that is shorter.</summary>
    private static async Task<byte[]> StartOfAsync(string path, CancellationToken cancellationToken)
    {
        var header = new byte[ContainerHeader.Size];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        return header[..read];
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
