using System.Globalization;
using Definitions;
using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Patches of a database one after the other, each verified before and after it is applied (clamav-formats.md §2.3).</summary>
internal sealed class PatchChain(
    SourceOptions options, Mirror mirror, UnpackedDatabase basis, string work, ContainerTrust trust, SourceContext context)
{
    /// <summary>As far as the mirror has patches that fit.</summary>
    /// <exception cref="SourceException">The mirror could not deliver, and nothing was applied before.</exception>
    public async Task<PatchResult> ApplyAsync(long version, CancellationToken cancellationToken)
    {
        var (database, applied) = (basis, 0);
        try
        {
            for (var next = basis.Header.Version + 1; next <= version; next++)
            {
                if (await FetchAsync(next, cancellationToken) is not { } path)
                {
                    context.Journal.Note(Text($"{mirror.Url} has no patch to {database.Name} {next}."));
                    return new PatchResult(database, applied, IsWholeWanted: false);
                }

                if (VerifiedCdiff.IsWholeFileSignal(new FileInfo(path).Length))
                {
                    context.Journal.Note(Text($"The publisher wants {database.Name} {next} to be fetched whole."));
                    return new PatchResult(database, applied, IsWholeWanted: true);
                }

                database = await ApplyOneAsync(path, next, database, cancellationToken);
                applied++;
            }
        }
        catch (RefusedException e)
        {
            context.Journal.Note($"{e.Reason.ToWord()}: {e.Message} {database.Name} is fetched whole.");
            return new PatchResult(database, applied, IsWholeWanted: true);
        }
        catch (SourceException e) when (applied > 0)
        {
            context.Journal.Note(Text($"{e.Message} {database.Name} {database.Header.Version} is kept; the next update goes on."));
        }

        return new PatchResult(database, applied, IsWholeWanted: false);
    }

    private async Task<string?> FetchAsync(long version, CancellationToken cancellationToken)
    {
        var path = Path.Combine(work, "patch");
        return await mirror.FetchAsync(
            new SourceRequest(Text($"{basis.Name}-{version}.cdiff"), options.MaxFileBytes), path, context.Journal, cancellationToken) is null
                ? null
                : path;
    }

    private async Task<UnpackedDatabase> ApplyOneAsync(
        string path, long version, UnpackedDatabase database, CancellationToken cancellationToken)
    {
        var sign = options.Mirror.Certificates.Length == 0 ? null : await mirror.TryFetchSmallAsync(
            Text($"{basis.Name}-{version}.cdiff.sign"), WholeDatabase.MaxSignFileBytes, context.Journal, cancellationToken);
        await using var file = File.OpenRead(path);
        return await Task.Run(
            () =>
            {
                var patch = VerifiedCdiff.Open(
                    file, trust, sign is null ? null : new ReadOnlyMemory<byte>(sign), CdiffLimits.Default, cancellationToken);
                return CdiffApplier.Apply(patch, database, trust, CdiffLimits.Default, cancellationToken);
            },
            cancellationToken);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Database">The furthest that could be reached; the basis when nothing was applied.</param>
/// <param name="Applied">Patches applied.</param>
/// <param name="IsWholeWanted">Patches lead nowhere: fetch the whole file.</param>
internal sealed record PatchResult(UnpackedDatabase Database, int Applied, bool IsWholeWanted);
