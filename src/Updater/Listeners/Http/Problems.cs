using System.Globalization;

namespace Updater.Listeners.Http;

/// <summary>Error answers as RFC 9457 problem documents.</summary>
internal static class Problems
{
    private const string MediaType = "application/problem+json";

    public static IResult Of(int status, string title, string detail, long? limitBytes = null, string? code = null) =>
        Results.Json(
            new ProblemAnswer($"https://www.rfc-editor.org/rfc/rfc9110#status.{status.ToString(CultureInfo.InvariantCulture)}", title, status, detail, limitBytes, code),
            ApiJson.Default.ProblemAnswer,
            MediaType,
            status);

    public static IResult BadRequest(string detail) => Of(400, "Bad request", detail);

    public static IResult Forbidden(string detail) => Of(403, "Forbidden", detail);

    public static IResult NotFound(string detail) => Of(404, "Not found", detail);

    public static IResult Conflict(string detail) => Of(409, "Conflict", detail);

    public static IResult TooLarge(long limit) => Of(
        413, "Content too large", string.Create(CultureInfo.InvariantCulture, $"An object may have at most {limit} bytes here."), limit);

    /// <summary>Come back in <paramref name="seconds"/>.</summary>
    /// <param name="code">Name of a scan code.</param>
    public static IResult Unavailable(HttpContext context, string detail, int seconds, string? code = null)
    {
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Of(503, "Service unavailable", detail, code: code);
    }
}
