using Microsoft.AspNetCore.Connections;

namespace Updater.Listeners.Http;

/// <summary>
/// What the other side or the disk does to a request is answered here. Only what is left is a fault of this program, and
/// only that reaches the log as one.
/// </summary>
internal sealed class RequestFaults(ILogger logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (IsGone(context, e))
        {
            ListenerLog.ClientLeft(logger, context.Request.Path, e.Message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Problems.Of(e.StatusCode, "Bad request", e.Message).ExecuteAsync(context);
        }
        catch (IOException e) when (!context.Response.HasStarted)
        {
            ListenerLog.StorageFailed(logger, context.Request.Path, e.Message);
            await Problems.Unavailable(context, $"The object could not be stored for the scan: {e.Message}", 10).ExecuteAsync(context);
        }
    }

    /// <summary>Nobody is there to read an answer.</summary>
    private static bool IsGone(HttpContext context, Exception fault) =>
        fault is ConnectionResetException or ConnectionAbortedException
        || (context.RequestAborted.IsCancellationRequested && fault is IOException or OperationCanceledException);
}
