using Definitions.Formats.ClamAv;
using Updater.Configuration;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// What DNS says about current versions, asked once a run and only when a record is configured. Without an answer, or
/// with an old one, the mirrors are asked instead (clamav-formats.md §2.4).
/// </summary>
internal sealed class AdvertisedVersions(SourceOptions options, TimeProvider time, RunJournal journal)
{
    private readonly Dictionary<string, MirrorVersions?> _records = new(StringComparer.Ordinal);

    /// <summary>Null = unknown.</summary>
    public async Task<long?> FindAsync(string database, CancellationToken cancellationToken)
    {
        var mirror = options.Mirror;
        if (mirror.DnsRecord.Length == 0 || mirror.IsPrivate)
        {
            return null;
        }

        // Databases that the common record does not list have one of their own beside it: DB.REST instead of FIRST.REST.
        var isListed = MirrorVersions.Lists(database);
        var dot = mirror.DnsRecord.IndexOf('.', StringComparison.Ordinal);
        var record = isListed ? mirror.DnsRecord : database + (dot < 0 ? "" : mirror.DnsRecord[dot..]);
        if (!_records.TryGetValue(record, out var versions))
        {
            versions = await AskAsync(record, isListed, cancellationToken);
            _records.Add(record, versions);
        }

        return versions?.Find(database);
    }

    private async Task<MirrorVersions?> AskAsync(string record, bool isListed, CancellationToken cancellationToken)
    {
        try
        {
            var text = await DnsClient.AskTxtAsync(record, options.Mirror.DnsServer, time, cancellationToken);
            var versions = isListed ? MirrorVersions.TryParse(text) : MirrorVersions.TryParseOne(text);
            if (versions is null)
            {
                journal.Note($"Source {options.Name}: the DNS record {record} is not one of versions; the mirrors are asked.");
                return null;
            }

            if (!versions.IsFresh(time.GetUtcNow()))
            {
                journal.Note($"Source {options.Name}: the DNS record {record} is of {IsoTimes.Text(versions.Time)}, too old to be believed; the mirrors are asked.");
                return null;
            }

            return versions;
        }
        catch (SourceException e)
        {
            journal.Note($"Source {options.Name}: {e.Message} The mirrors are asked.");
            return null;
        }
    }
}
