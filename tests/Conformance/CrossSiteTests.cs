using System.Net;

namespace Conformance;

/// <summary>Web pages that a browser on this machine shows may not change anything, whatever name they come under.</summary>
public sealed class CrossSiteTests
{
    [Fact]
    public async Task A_page_whose_name_was_bent_to_this_machine_cannot_change_anything()
    {
        await using var scenario = await Scenario.CreateAsync();
        await using var service = await scenario.StartAsync();
        foreach (var (method, path) in new[] { ("POST", "v1/updates"), ("POST", "v1/rollback"), ("POST", "v1/pin"), ("DELETE", "v1/pin") })
        {
            using var bent = await SendAsync(service, method, path, "evil.example", "evil.example");
            Assert.Equal(HttpStatusCode.Forbidden, bent.StatusCode);
            Assert.Equal("application/problem+json", bent.Content.Headers.ContentType!.MediaType);
            Assert.Contains("localhost", await bent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var own = await SendAsync(service, "POST", "v1/updates", "localhost", "localhost");
        Assert.Equal(HttpStatusCode.Accepted, own.StatusCode);
        using var foreign = await SendAsync(service, "POST", "v1/updates", "127.0.0.1", "evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        ServiceProcess service, string method, string path, string host, string originHost)
    {
        var port = service.Settings.HttpPort;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = $"{host}:{port}";
        request.Headers.Add("Origin", $"http://{originHost}:{port}");
        return await service.Http.SendAsync(request);
    }
}
