using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Updater.Listeners.Http;
using Updater.Store;

namespace Updater.Cli;

/// <summary>The service answered with a problem document.</summary>
internal sealed class ControlException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>Talks to the service that runs on the same data folder, over its control socket.</summary>
internal sealed class ControlClient : IDisposable
{
    private const int MaxAnswerBytes = 16 << 20;

    private readonly HttpClient _http;

    private ControlClient(SocketsHttpHandler handler) => _http = new HttpClient(handler)
    {
        BaseAddress = new Uri("http://localhost/"),
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Null when no service listens there; a socket that an ended service left behind counts as none.</summary>
    public static async Task<ControlClient?> TryConnectAsync(DataFolders folders, CancellationToken cancellationToken)
    {
        if (!File.Exists(folders.ControlSocket))
        {
            return null;
        }

#pragma warning disable CA2000 // The HTTP client owns its handler.
        var client = new ControlClient(Handler(folders.ControlSocket));
#pragma warning restore CA2000
        try
        {
            await client.GetAsync("healthz/live", ApiJson.Default.HealthAnswer, cancellationToken);
            return client;
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentOutOfRangeException)
        {
            client.Dispose();
            return null;
        }
    }

    /// <exception cref="ControlException">The service refused.</exception>
    /// <exception cref="HttpRequestException">It is gone.</exception>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    public Task<T> PostAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, bodyType), type, cancellationToken);

    public Task<T> DeleteAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, null, type, cancellationToken);

    /// <summary>Progress and result of a run, as server-sent events.</summary>
    public async IAsyncEnumerable<UpdateAnswer> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(
            new Uri($"v1/updates/{Uri.EscapeDataString(id)}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)
                && JsonSerializer.Deserialize(line.AsSpan(6), ApiJson.Default.UpdateAnswer) is { } answer)
            {
                yield return answer;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(string socketPath) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, string? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // Health answers 503 with its usual body; everything else that fails is a problem document.
        if (!response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            var problem = JsonSerializer.Deserialize(bytes, ApiJson.Default.ProblemAnswer);
            throw new ControlException((int)response.StatusCode, problem?.Detail ?? response.StatusCode.ToString());
        }

        return JsonSerializer.Deserialize(bytes, type)
            ?? throw new HttpRequestException($"The service gave an empty answer to {path}.");
    }
}
