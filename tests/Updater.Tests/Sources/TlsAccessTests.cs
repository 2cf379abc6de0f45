using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Testing;
using Updater.Configuration;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

/// <summary>A mirror with a certificate of a private authority, which wants one of its clients too.</summary>
public sealed class TlsAccessTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SourceFactory _factory = new(new UpdatesOptions { Retries = 0 }, TimeProvider.System);
    private readonly X509Certificate2 _authority = Issue("CN=authority", null);
    private readonly X509Certificate2 _stranger = Issue("CN=stranger", null);
    private WebApplication? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Url => _server!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var certificate = Issue("CN=localhost", _authority);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(
            certificate, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (client, _, _) => client.Issuer == "CN=authority";
            })));
        _server = builder.Build();
        _server.Run(async context => await context.Response.Body.WriteAsync(
            Encoding.ASCII.GetBytes(context.Connection.ClientCertificate?.Subject ?? "nobody")));
        await _server.StartAsync(Token);
    }

    [Fact]
    public async Task Only_the_configured_authority_is_trusted()
    {
        Assert.Equal("nobody", await FetchAsync(new AccessOptions { CaFile = Pem(_authority) }));
        foreach (var access in (AccessOptions[])[new(), new() { CaFile = Pem(_stranger) }])
        {
            using var factory = new SourceFactory(new UpdatesOptions { Retries = 0 }, TimeProvider.System);
            var failure = await Assert.ThrowsAsync<SourceException>(() => FetchAsync(access, factory));
            Assert.Equal(FailureReason.SourceUnreachable, failure.Reason);
            Assert.Contains("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_client_shows_its_certificate_to_the_configured_server()
    {
        var client = Issue("CN=client", _authority);
        var certificate = _folder.Write("client.pem", client.ExportCertificatePem());
        var key = _folder.Write("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Equal(
            "CN=client",
            await FetchAsync(new AccessOptions { CaFile = Pem(_authority), ClientCertificate = certificate, ClientKey = key }));
    }

    public async ValueTask DisposeAsync()
    {
        _factory.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _authority.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    /// <summary>An authority, or what one issued for 127.0.0.1.</summary>
    private static X509Certificate2 Issue(string subject, X509Certificate2? issuer)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        }

        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(issuer, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private string Pem(X509Certificate2 certificate) => _folder.Write($"{Guid.NewGuid():N}.pem", certificate.ExportCertificatePem());

    private async Task<string> FetchAsync(AccessOptions access, SourceFactory? factory = null)
    {
        var source = (factory ?? _factory).CreateSource(new SourceOptions { Name = "x", Url = Url, Access = access });
        using var content = new MemoryStream();
        await source.CopyAsync("a", content, 1000, Token);
        return Encoding.ASCII.GetString(content.ToArray());
    }
}
