using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LiteDB;
using Updater.Status;
using Updater.Store;

namespace Updater.Catalog;

/// <summary>
/// History and source health in <c>catalog.db</c>. Never the truth: a file that is lost or damaged is moved aside and
/// rebuilt from the folders (M-325), and a write that fails is logged and loses history, not definitions. One process,
/// direct mode, one lock, a checkpoint after each change (update-side.md §5). Thread-safe.
/// </summary>
internal sealed class UpdateCatalog : IDisposable
{
    /// <summary>Runs kept.</summary>
    public const int MaxRuns = 1000;

    /// <summary>Events kept.</summary>
    public const int MaxEvents = 2000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<UpdateCatalog> _logger;
    private LiteDatabase? _database;

    private UpdateCatalog(string path, TimeProvider time, ILogger<UpdateCatalog> logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
    }

    /// <summary>Opens the file, or begins a new one beside the damaged one.</summary>
    /// <param name="generations">What the folders say; written where the catalog does not know it.</param>
    public static UpdateCatalog Open(
        string path, IReadOnlyList<GenerationRecord> generations, TimeProvider time, ILogger<UpdateCatalog> logger)
    {
        var catalog = new UpdateCatalog(path, time, logger);
        lock (catalog._gate)
        {
            var existed = File.Exists(path);
            if (!catalog.TryOpen())
            {
                catalog.MoveAside();
                catalog.TryOpen();
            }
            else if (!existed)
            {
                logger.CatalogCreated(path);
            }
        }

        catalog.Reconcile(generations);
        return catalog;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RunRecord> Runs(int limit) => Read<IReadOnlyList<RunRecord>>([], database =>
        [.. Collection(database, RunsName).Find(Query.All("_id", Query.Descending), limit: limit).Select(CatalogDocuments.ToRun)]);

    /// <summary>Turns runs that an ended process left open into interrupted ones. For the owner of the data folder, at start.</summary>
    /// <returns>Those that were open.</returns>
    public IReadOnlyList<RunRecord> CloseOpenRuns()
    {
        var closed = Read<IReadOnlyList<RunRecord>>([], database =>
            [.. Collection(database, RunsName).Find(Query.EQ("outcome", RunRecord.Running)).Select(run => CatalogDocuments.ToRun(run).Close())]);
        foreach (var run in closed)
        {
            Record(run);
        }

        return closed;
    }

    public RunRecord? FindRun(string id) => Read<RunRecord?>(null, database =>
        Collection(database, RunsName).FindById(id) is { } run ? CatalogDocuments.ToRun(run) : null);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<EventRecord> Events(int limit) => Read<IReadOnlyList<EventRecord>>([], database =>
        [.. Collection(database, EventsName).Find(Query.All("_id", Query.Descending), limit: limit).Select(CatalogDocuments.ToEvent)]);

    /// <summary>When each generation became active last, by folder name.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Activations() =>
        Read<IReadOnlyDictionary<string, DateTimeOffset>>(new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), database =>
            Collection(database, GenerationsName).FindAll().Select(CatalogDocuments.ToActivation)
                .ToDictionary(record => record.Generation, record => record.At, StringComparer.Ordinal));

    public IReadOnlyList<SourceStatus> Sources() => Read<IReadOnlyList<SourceStatus>>([], database =>
        [.. Collection(database, SourcesName).FindAll().Select(CatalogDocuments.ToSource)]);

    /// <summary>Writes the run and forgets the oldest beyond <see cref="MaxRuns"/>.</summary>
    public void Record(RunRecord run) => Write(database =>
    {
        var runs = Collection(database, RunsName);
        runs.Upsert(CatalogDocuments.ToDocument(run));
        Trim(runs, MaxRuns);
    });

    public void Record(SourceStatus source) =>
        Write(database => Collection(database, SourcesName).Upsert(CatalogDocuments.ToDocument(source)));

    public void Record(ActivationRecord activation) =>
        Write(database => Collection(database, GenerationsName).Upsert(CatalogDocuments.ToDocument(activation)));

    public void Record(EventRecord record) => Write(database =>
    {
        var events = Collection(database, EventsName);
        events.Insert(CatalogDocuments.ToDocument(record));
        Trim(events, MaxEvents);
    });

    public void Forget(IEnumerable<string> generations) => Write(database =>
    {
        foreach (var name in generations)
        {
            Collection(database, GenerationsName).Delete(name);
        }
    });

    public void Dispose()
    {
        lock (_gate)
        {
            _database?.Dispose();
            _database = null;
        }
    }

    private const string RunsName = "runs";
    private const string EventsName = "events";
    private const string SourcesName = "sources";
    private const string GenerationsName = "generations";

    private static ILiteCollection<BsonDocument> Collection(LiteDatabase database, string name) =>
        database.GetCollection(name, name == EventsName ? BsonAutoId.Int64 : BsonAutoId.ObjectId);

    private static void Trim(ILiteCollection<BsonDocument> collection, int keep)
    {
        if (collection.Count() <= keep)
        {
            return;
        }

        foreach (var old in collection.Find(Query.All("_id", Query.Descending), skip: keep).Select(found => found["_id"]).ToList())
        {
            collection.Delete(old);
        }
    }

    /// <summary>The folders win: what they do not have is forgotten, what they have is added.</summary>
    private void Reconcile(IReadOnlyList<GenerationRecord> generations)
    {
        var known = Activations();
        var present = generations.ToDictionary(record => record.Id.ToString(), record => record.Created, StringComparer.Ordinal);
        foreach (var (name, created) in present.Where(pair => !known.ContainsKey(pair.Key)))
        {
            Record(new ActivationRecord(name, created));
        }

        var gone = known.Keys.Where(name => !present.ContainsKey(name)).ToList();
        if (gone.Count > 0)
        {
            Forget(gone);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "LiteDB answers damaged files with exceptions of any kind; the catalog can be rebuilt.")]
    private bool TryOpen()
    {
        try
        {
            _database = new LiteDatabase(new ConnectionString { Filename = _path, Connection = ConnectionType.Direct });

            // Opening reads the header page only: touch every document once, so that damage shows now.
            foreach (var name in _database.GetCollectionNames().ToList())
            {
                _ = Collection(_database, name).FindAll().Count();
            }

            return true;
        }
        catch (Exception e)
        {
            _logger.CatalogUnusable(_path, e.Message);
            Close();
            return false;
        }
    }

    private void MoveAside()
    {
        var stamp = _time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        foreach (var path in (string[])[_path, LogPath])
        {
            if (File.Exists(path))
            {
                File.Move(path, $"{path}.damaged-{stamp}", overwrite: true);
            }
        }

        // One damaged catalog is evidence; more would only eat space.
        var folder = Path.GetDirectoryName(_path)!;
        foreach (var old in Directory.EnumerateFiles(folder, Path.GetFileNameWithoutExtension(_path) + "*.damaged-*")
            .Where(path => !path.EndsWith(stamp, StringComparison.Ordinal)).ToList())
        {
            File.Delete(old);
        }

        _logger.CatalogRebuilt(_path);
    }

    /// <summary>LiteDB's name for its log: <c>catalog-log.db</c>.</summary>
    private string LogPath => Path.Combine(
        Path.GetDirectoryName(_path)!, Path.GetFileNameWithoutExtension(_path) + "-log" + Path.GetExtension(_path));

    [SuppressMessage("Design", "CA1031", Justification = "LiteDB throws exceptions of any kind for damage; history may be missing, a query may not fail for it.")]
    private T Read<T>(T fallback, Func<LiteDatabase, T> read)
    {
        lock (_gate)
        {
            try
            {
                return _database is null ? fallback : read(_database);
            }
            catch (Exception e)
            {
                _logger.CatalogReadFailed(e.Message);
                return fallback;
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "LiteDB throws exceptions of any kind; the catalog is history, and an update may not fail for it.")]
    private void Write(Action<LiteDatabase> write)
    {
        lock (_gate)
        {
            try
            {
                if (_database is not null)
                {
                    write(_database);
                    _database.Checkpoint();
                }
            }
            catch (Exception e)
            {
                _logger.CatalogWriteFailed(e.Message);
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Closing a damaged database writes its log and can fail in any way; it is given up here.")]
    private void Close()
    {
        try
        {
            _database?.Dispose();
        }
        catch (Exception e)
        {
            _logger.CatalogUnusable(_path, e.Message);
        }

        _database = null;
    }
}

/// <summary>Log events of the catalog: ids 1200 to 1299.</summary>
internal static partial class CatalogMessages
{
    [LoggerMessage(1200, LogLevel.Information, "Catalog {Path} was created")]
    public static partial void CatalogCreated(this ILogger logger, string path);

    [LoggerMessage(1201, LogLevel.Error, "Catalog {Path} cannot be used: {Message}")]
    public static partial void CatalogUnusable(this ILogger logger, string path, string message);

    [LoggerMessage(1202, LogLevel.Warning, "Catalog {Path} was moved aside and rebuilt from the folders; history begins anew")]
    public static partial void CatalogRebuilt(this ILogger logger, string path);

    [LoggerMessage(1203, LogLevel.Error, "The catalog could not be read: {Message}")]
    public static partial void CatalogReadFailed(this ILogger logger, string message);

    [LoggerMessage(1204, LogLevel.Error, "The catalog could not be written; history is missing: {Message}")]
    public static partial void CatalogWriteFailed(this ILogger logger, string message);
}
