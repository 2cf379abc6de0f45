using System.Globalization;
using Definitions;
using LiteDB;
using Updater.Status;
using Updater.Updates;

namespace Updater.Catalog;

/// <summary>
/// The shape of the documents in <c>catalog.db</c>. Times are UTC text of fixed length: LiteDB's own dates lose
/// precision and the zone, and text of this form sorts by time.
/// </summary>
internal static class CatalogDocuments
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static BsonDocument ToDocument(RunRecord run) => new()
    {
        ["_id"] = run.Id,
        ["trigger"] = run.Trigger.ToString(),
        ["started"] = Text(run.Started),
        ["finished"] = Text(run.Finished),
        ["outcome"] = run.Outcome,
        ["reason"] = run.Reason,
        ["message"] = run.Message,
        ["generation"] = run.Generation,
        ["version"] = run.Version,
        ["bytes"] = run.DownloadedBytes,
        ["steps"] = new BsonArray(run.Steps.Select(step => new BsonDocument
        {
            ["at"] = Text(step.At),
            ["stage"] = step.Stage.ToString(),
            ["message"] = step.Message,
        })),
        ["problems"] = new BsonArray(run.Problems.Select(problem => new BsonDocument
        {
            ["group"] = problem.Group,
            ["outcome"] = problem.Outcome.ToWord(),
            ["reason"] = problem.Outcome.ReasonWord(),
            ["message"] = problem.Outcome.Describe(),
        })),
    };

    public static RunRecord ToRun(BsonDocument run) => new(
        run["_id"].AsString,
        Enum.Parse<UpdateTrigger>(run["trigger"].AsString),
        Time(run["started"]),
        Time(run["finished"]),
        run["outcome"].AsString,
        run["reason"].AsString,
        run["message"].AsString,
        run["generation"].AsString,
        run["version"].AsString,
        run["bytes"].AsInt64,
        [.. run["steps"].AsArray.Select(step => new UpdateStep(
            Time(step["at"]), Enum.Parse<UpdateStage>(step["stage"].AsString), step["message"].AsString))])
    {
        // Documents of earlier versions have none.
        Problems = run["problems"] is BsonArray problems ? [.. problems.Select(ToProblem).OfType<RunProblem>()] : [],
    };

    /// <summary>Null for a reason word of another version.</summary>
    private static RunProblem? ToProblem(BsonValue problem)
    {
        var (reason, message) = (problem["reason"].AsString, problem["message"].AsString);
        UpdateOutcome? outcome = problem["outcome"].AsString == "refused"
            ? ReasonWords.TryParse<RefusalReason>(reason, out var refusal) ? new UpdateOutcome.Refused(refusal, message) : null
            : ReasonWords.TryParse<FailureReason>(reason, out var failure) ? new UpdateOutcome.Failed(failure, message) : null;
        return outcome is null ? null : new RunProblem(problem["group"].AsString, outcome);
    }

    public static BsonDocument ToDocument(SourceStatus source) => new()
    {
        ["_id"] = source.Name,
        ["url"] = source.Url,
        ["lastAttempt"] = Text(source.LastAttempt),
        ["lastSuccess"] = Text(source.LastSuccess),
        ["lastFailure"] = source.LastFailure,
        ["coolDownUntil"] = Text(source.CoolDownUntil),
        ["mirrors"] = new BsonArray(source.Mirrors.Select(mirror => new BsonDocument
        {
            ["url"] = mirror.Url,
            ["coolDownUntil"] = Text(mirror.CoolDownUntil),
            ["reason"] = mirror.Reason,
        })),
    };

    public static SourceStatus ToSource(BsonDocument source) => new(
        source["_id"].AsString,
        source["url"].AsString,
        OptionalTime(source["lastAttempt"]),
        OptionalTime(source["lastSuccess"]),
        source["lastFailure"].AsString,
        OptionalTime(source["coolDownUntil"]))
    {
        // Documents of earlier versions have none.
        Mirrors = source["mirrors"] is BsonArray mirrors
            ? [.. mirrors.Select(mirror => new MirrorStatus(
                mirror["url"].AsString, OptionalTime(mirror["coolDownUntil"]), mirror["reason"].AsString))]
            : [],
    };

    public static BsonDocument ToDocument(EventRecord record) => new()
    {
        ["at"] = Text(record.At),
        ["kind"] = record.Kind,
        ["message"] = record.Message,
    };

    public static EventRecord ToEvent(BsonDocument record) =>
        new(Time(record["at"]), record["kind"].AsString, record["message"].AsString);

    public static BsonDocument ToDocument(ActivationRecord record) => new()
    {
        ["_id"] = record.Generation,
        ["at"] = Text(record.At),
    };

    public static ActivationRecord ToActivation(BsonDocument record) => new(record["_id"].AsString, Time(record["at"]));

    private static BsonValue Text(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(BsonValue text) => DateTimeOffset.ParseExact(
        text.AsString, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static DateTimeOffset? OptionalTime(BsonValue text) => text.IsNull ? null : Time(text);
}
