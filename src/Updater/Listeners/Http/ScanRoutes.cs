using System.Diagnostics;
using Engine;
using Engine.Objects;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Updater.Hosting;

namespace Updater.Listeners.Http;

/// <summary><c>POST /v1/scan</c>: the body is the object, or a form with several files; nothing is held whole in memory.</summary>
internal sealed class ScanRoutes(ScanService scans, string scratchFolder, long maxBytes)
{
    /// <summary>Files of one form; more is refused, because each costs a slot.</summary>
    private const int MaxFormFiles = 1000;

    private const int RetrySeconds = 10;

    /// <summary>How long a client may go on sending after it was told that its object is too large.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/scan", ScanAsync);

    private async Task ScanAsync(HttpContext context)
    {
        var answer = await AnswerAsync(context);
        await answer.ExecuteAsync(context);
        if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await context.Response.CompleteAsync();
            await DrainAsync(context);
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var request = context.Request;
        if (!scans.HasDefinitions)
        {
            return Problems.Unavailable(context, "There are no definitions yet; nothing can be said about the object.", RetrySeconds, ScanCode.AvsDefinitionsMissing.ToName());
        }

        if (scans.FindProfile(request.Query["profile"].FirstOrDefault()) is not { } profile)
        {
            return Problems.BadRequest($"There is no such profile; profiles are {string.Join(", ", scans.ProfileNames)}.");
        }

        var order = new Order(profile, request.Query["all_match"].FirstOrDefault() is "1" or "true");
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await ScanFormAsync(context, type, order, cancellationToken);
        }

        if (request.ContentLength > maxBytes)
        {
            return Problems.TooLarge(maxBytes);
        }

        var name = request.Query["name"].FirstOrDefault() is { Length: > 0 } given ? given : "stream";
        var one = await ScanOneAsync(context, name, request.Body, order, cancellationToken);
        return one.Problem ?? Results.Json(one.Answer!, ApiJson.Default.ScanAnswer);
    }

    private async Task<IResult> ScanFormAsync(
        HttpContext context, MediaTypeHeaderValue type, Order order, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is null or { Length: 0 or > 200 })
        {
            return Problems.BadRequest("The form has no boundary, or one of more than 200 characters.");
        }

        var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16_384 };
        var answers = new List<ScanAnswer>();
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (answers.Count == MaxFormFiles)
                {
                    return Problems.BadRequest($"A form may hold at most {MaxFormFiles} files.");
                }

                var one = await ScanOneAsync(context, NameOf(section, answers.Count), section.Body, order, cancellationToken);
                if (one.Problem is not null)
                {
                    return one.Problem;
                }

                answers.Add(one.Answer!);
            }
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return Problems.BadRequest($"The form is damaged: {e.Message}");
        }

        return answers.Count == 0
            ? Problems.BadRequest("The form holds no file.")
            : Results.Json(answers, ApiJson.Default.IReadOnlyListScanAnswer);
    }

    private async Task<(ScanAnswer? Answer, IResult? Problem)> ScanOneAsync(
        HttpContext context, string name, Stream source, Order order, CancellationToken cancellationToken)
    {
        await using var body = new ScanBody(scratchFolder, maxBytes);
        if (!await body.TryAppendAsync(source, cancellationToken))
        {
            return (null, Problems.TooLarge(maxBytes));
        }

        ObjectContent content = await body.CompleteAsync(cancellationToken);
        var result = await scans.ScanAsync(name, content, order.Profile, order.AllMatches, cancellationToken);
        return result is null
            ? (null, Problems.Unavailable(context, "All scan slots and the queue are full.", 1))
            : (ScanAnswer.From(name, result), null);
    }

    private static string NameOf(MultipartSection section, int position)
    {
        var disposition = section.GetContentDispositionHeader();
        var name = disposition?.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(disposition?.FileName ?? default).Value
            ?? HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value;
        return string.IsNullOrEmpty(name) ? $"file-{position + 1}" : name;
    }

    private static async Task DrainAsync(HttpContext context)
    {
        using var patience = new CancellationTokenSource(DrainTime);
        try
        {
            var buffer = new byte[65_536];
            while (await context.Request.Body.ReadAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            Debug.Assert(context.Response.HasStarted, "The answer went out before.");
        }
    }

    private readonly record struct Order(NamedProfile Profile, bool AllMatches);
}
