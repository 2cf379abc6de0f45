using Updater.Configuration;
using Updater.Hosting;

namespace Updater.Listeners.Http;

/// <summary>What is active, what happened, what scans: reads only, from snapshots and the catalog.</summary>
internal sealed class StatusRoutes(ServiceView view)
{
    private const int DefaultRuns = 50;
    private const int MaxRuns = 1000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/version", () => Results.Json(view.Version(), ApiJson.Default.VersionAnswer));
        routes.MapGet("/v1/status", () => Results.Json(view.Status(), ApiJson.Default.StatusAnswer));
        routes.MapGet("/v1/generations", () => Results.Json(view.Generations(), ApiJson.Default.IReadOnlyListGenerationAnswer));
        routes.MapGet("/v1/runs", (int? limit) => limit is < 1 or > MaxRuns
            ? Problems.BadRequest($"limit is a number from 1 to {MaxRuns}.")
            : Results.Json(view.Runs(limit ?? DefaultRuns), ApiJson.Default.IReadOnlyListRunAnswer));
        routes.MapGet("/v1/check", (string? warn, string? crit) =>
            Duration.TryParse(warn ?? "24h", out var from) && Duration.TryParse(crit ?? "72h", out var critical) && from <= critical
                ? Results.Json(view.Check(from, critical), ApiJson.Default.CheckAnswer)
                : Problems.BadRequest($"warn and crit are written as {Duration.Forms}, warn not above crit."));
        routes.MapGet("/v1/engines", () => Results.Json(view.Engines(), ApiJson.Default.IReadOnlyListEngineAnswer));
    }
}
