using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Makes the HTTP client of one source from its access settings.</summary>
internal static class SourceClient
{
    /// <summary>No cookies, no decompression, 64 KiB of headers, and no redirects of its own.</summary>
    /// <param name="hosts">Names of the configured servers: only these are shown the client's certificate.</param>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>: a file or a secret cannot be read.</exception>
    public static HttpClient Create(AccessOptions access, IReadOnlyCollection<string> hosts)
    {
#pragma warning disable CA2000 // The client disposes its handler; a failure on the way does it here.
        var handler = CreateHandler();
#pragma warning restore CA2000
        try
        {
            SetProxy(handler, access);
            SetTrust(handler, access);
            SetCertificate(handler, access, hosts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            handler.Dispose();
            throw new SourceException(FailureReason.Configuration, $"A certificate or key cannot be used: {e.Message}", null, e);
        }

        // The client's own timeout would end with the headers; the source has deadlines of its own.
        var client = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("identity");
        var agent = access.UserAgent.Length > 0
            ? access.UserAgent
            : "updater/" + typeof(HttpSource).Assembly.GetName().Version!.ToString(3);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", agent);
        return client;
    }

    /// <summary>The secret behind a reference; null when none is configured.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>: it is gone since the start.</exception>
    public static string? ReadSecret(string reference, string what) => reference.Length == 0
        ? null
        : SecretReference.Read(reference)
            ?? throw new SourceException(FailureReason.Configuration, $"The {what} at '{reference}' is missing or not one line of text.");

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // Followed by HttpSource instead: the handler follows to any scheme it is sent to, and file: makes it throw
        // UriFormatException, which no caller expects of a server's answer.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // New addresses of a moved mirror are seen.
    };

    private static void SetProxy(SocketsHttpHandler handler, AccessOptions access)
    {
        NetworkCredential? credentials = null;
        if (ReadSecret(access.ProxyCredentials, "proxy credentials") is { } text)
        {
            var parts = text.Split(':', 2);
            credentials = new NetworkCredential(parts[0], parts.Length > 1 ? parts[1] : "");
        }

        if (access.Proxy == "none")
        {
            handler.UseProxy = false;
        }
        else if (access.Proxy.Length > 0)
        {
            handler.Proxy = new WebProxy(new Uri(access.Proxy)) { Credentials = credentials };
        }
        else
        {
            handler.DefaultProxyCredentials = credentials;
        }
    }

    private static void SetTrust(SocketsHttpHandler handler, AccessOptions access)
    {
        if (access.CaFile.Length == 0)
        {
            return;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // A private authority rarely says where its list of revoked certificates is.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(access.CaFile);
        if (policy.CustomTrustStore.Count == 0)
        {
            throw new CryptographicException($"'{access.CaFile}' holds no certificate.");
        }

        handler.SslOptions.CertificateChainPolicy = policy;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "Used for as long as the handler lives, which is as long as the process.")]
    private static void SetCertificate(SocketsHttpHandler handler, AccessOptions access, IReadOnlyCollection<string> hosts)
    {
        if (access.ClientCertificate.Length == 0)
        {
            return;
        }

        var certificate = X509Certificate2.CreateFromPemFile(
            access.ClientCertificate, access.ClientKey.Length > 0 ? access.ClientKey : null);
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback =
            (_, host, _, _, _) => hosts.Contains(host, StringComparer.OrdinalIgnoreCase) ? certificate : null!;
    }
}
