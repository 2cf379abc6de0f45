using Updater.Hosting;

namespace Updater.Listeners.Http;

/// <summary>
/// Three questions kept apart (M-185): is the process alive, can it scan, are its definitions fresh enough. No answer
/// waits for an update or a scan.
/// </summary>
internal sealed class HealthRoutes(ServiceView view)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => Answer([]));
        routes.MapGet("/healthz/ready", () => Answer(view.UnreadyReasons()));
        routes.MapGet("/healthz/fresh", () => Answer(view.StaleReasons()));
    }

    private static IResult Answer(IReadOnlyList<string> reasons) => Results.Json(
        new HealthAnswer(reasons.Count == 0 ? "ok" : "unavailable", reasons),
        ApiJson.Default.HealthAnswer,
        statusCode: reasons.Count == 0 ? 200 : 503);
}
