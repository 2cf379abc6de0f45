using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Updates;

namespace Updater.Listeners.Http;

/// <summary>The control plane: starting and following updates, choosing a generation. From this machine only.</summary>
internal sealed class UpdateRoutes(ServiceView view, UpdateCoordinator updates, OperatorDesk desk, TimeProvider time)
{
    private const int MaxBodyBytes = 65_536;
    private static readonly TimeSpan EventPause = TimeSpan.FromMilliseconds(200);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/updates", (Delegate)StartAsync);
        routes.MapGet("/v1/updates/{id}", (string id) => updates.Find(id) is { } run
            ? Results.Json(UpdateAnswer.From(run), ApiJson.Default.UpdateAnswer)
            : NoSuchRun(id));
        routes.MapGet("/v1/updates/{id}/events", FollowAsync);
        routes.MapPost("/v1/rollback", (Delegate)RollbackAsync);
        routes.MapPost("/v1/pin", (Delegate)PinAsync);
        routes.MapDelete("/v1/pin", (Delegate)UnpinAsync);
    }

    private async Task<IResult> StartAsync(HttpContext context)
    {
        if (LocalOnly.Check(context) is { } refused)
        {
            return refused;
        }

        var (body, problem) = await ReadAsync(context, ApiJson.Default.UpdateBody, new UpdateBody());
        if (body is null)
        {
            return problem!;
        }

        if (body.Source is not null && !view.SourceNames.Contains(body.Source, StringComparer.Ordinal))
        {
            return Problems.BadRequest(SourceText.Unknown(body.Source, [.. view.SourceNames]));
        }

        var before = updates.Running;
        var run = updates.Request(new UpdateRequest(UpdateTrigger.Http, body.Force, body.Source));
        context.Response.Headers.Location = $"/v1/updates/{run.Id}";
        return Results.Json(UpdateAnswer.From(run, before?.Id == run.Id), ApiJson.Default.UpdateAnswer, statusCode: 202);
    }

    /// <summary>Server-sent events: <c>progress</c> whenever it changed, <c>result</c> once, then the end.</summary>
    private async Task FollowAsync(HttpContext context, string id)
    {
        if (updates.Find(id) is not { } run)
        {
            await NoSuchRun(id).ExecuteAsync(context);
            return;
        }

        var cancellationToken = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        UpdateProgress? shown = null;
        try
        {
            while (!run.Completion.IsCompleted)
            {
                if (run.Progress != shown)
                {
                    shown = run.Progress;
                    await SendAsync(context, "progress", run, cancellationToken);
                }

                await Task.WhenAny(run.Completion, Task.Delay(EventPause, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            await SendAsync(context, "result", run, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The listener left; the update goes on.
        }
    }

    private static async Task SendAsync(HttpContext context, string name, UpdateRun run, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.Serialize(UpdateAnswer.From(run), ApiJson.Default.UpdateAnswer);
        await context.Response.WriteAsync($"event: {name}\ndata: {data}\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    private async Task<IResult> RollbackAsync(HttpContext context)
    {
        if (LocalOnly.Check(context) is { } refused)
        {
            return refused;
        }

        var (body, problem) = await ReadAsync(context, ApiJson.Default.RollbackBody, new RollbackBody());
        if (body is null)
        {
            return problem!;
        }

        TimeSpan? hold = null;
        if (body.Hold is not null)
        {
            if (!Duration.TryParse(body.Hold, out var parsed))
            {
                return Problems.BadRequest($"hold is written as {Duration.Forms}.");
            }

            hold = parsed;
        }

        return Chosen(await desk.RollBackAsync(body.To, hold, context.RequestAborted));
    }

    private async Task<IResult> PinAsync(HttpContext context)
    {
        if (LocalOnly.Check(context) is { } refused)
        {
            return refused;
        }

        var (body, problem) = await ReadAsync(context, ApiJson.Default.PinBody, new PinBody(null));
        return body?.Version is { Length: > 0 } version
            ? Chosen(await desk.PinAsync(version, context.RequestAborted))
            : problem ?? Problems.BadRequest("version is missing.");
    }

    private async Task<IResult> UnpinAsync(HttpContext context) =>
        LocalOnly.Check(context) ?? Chosen(await desk.UnpinAsync(context.RequestAborted));

    private static IResult Chosen(ChoiceAnswer answer) => answer.Result switch
    {
        OperatorDesk.NotFound => Problems.NotFound(answer.Message),
        OperatorDesk.Refused => Problems.Conflict(answer.Message),
        _ => Results.Json(answer, ApiJson.Default.ChoiceAnswer),
    };

    private static IResult NoSuchRun(string id) => Problems.NotFound($"There is no update '{id}' among the last ones.");

    /// <summary>Reads a small JSON body; none at all means the defaults.</summary>
    private static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, T empty)
        where T : class
    {
        using var buffer = new MemoryStream();
        var block = new byte[4096];
        int read;
        while ((read = await context.Request.Body.ReadAsync(block, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > MaxBodyBytes)
            {
                return (null, Problems.TooLarge(MaxBodyBytes));
            }

            buffer.Write(block, 0, read);
        }

        if (buffer.Length == 0)
        {
            return (empty, null);
        }

        try
        {
            if (UnknownKey(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), type) is { } wrong)
            {
                return (null, Problems.BadRequest(wrong));
            }

            return (JsonSerializer.Deserialize(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), type) ?? empty, null);
        }
        catch (JsonException e)
        {
            return (null, Problems.BadRequest($"The body is not the expected JSON: {e.Message}"));
        }
    }

    /// <summary>A misspelt key must not pass for a wish that was granted. Null when every key is known.</summary>
    private static string? UnknownKey(ReadOnlyMemory<byte> json, JsonTypeInfo type)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var known = type.Properties.Select(p => p.Name).ToList();
        return document.RootElement.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase))
            is { } unknown
                ? $"There is no key '{unknown}' here; keys are: {string.Join(", ", known)}."
                : null;
    }
}
