using System.Collections;
using System.Text;
using Testing;
using Testing.ClamAv;
using Updater.Configuration;

namespace Updater.Tests.Configuration;

public sealed class SourceConfigurationTests : IDisposable
{
    private const string Digits = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

    private readonly TempFolder _folder = new();

    /// <summary>Name, keys of one source, path of the problem, words of its message.</summary>
    public static TheoryData<string, string, string, string> WrongSources => new()
    {
        { "mirror without urls", """ "kind": "clamav" """, "sources[0].urls", "required" },
        { "mirror with url", """ "kind": "clamav", "urls": ["/x"], "url": "/x" """, "sources[0].url", "belongs to kind channel" },
        { "mirror with root", """ "kind": "clamav", "urls": ["/x"], "root": "/dev/null" """, "sources[0].root", "belongs to kind channel" },
        { "channel with databases", """ "url": "/x", "root": "/dev/null", "databases": ["main"] """, "sources[0].databases", "belongs to kind clamav" },
        { "files with databases", """ "kind": "files", "urls": ["/x.ndb"], "databases": ["main"] """, "sources[0].databases", "belongs to kind clamav" },
        { "mirror with checksums", """ "kind": "clamav", "urls": ["/x"], "checksums": true """, "sources[0].checksums", "belongs to kind files" },
        { "mirror with a digest", $$""" "kind": "clamav", "urls": ["https://m.example/#sha256={{Digits}}"] """, "sources[0].urls", "has no digest" },
        { "half a digest", """ "kind": "files", "urls": ["https://m.example/x.ndb#sha256=12"] """, "sources[0].urls", "#sha256=HEX" },
        { "query", """ "kind": "files", "urls": ["https://m.example/x.ndb?token=geheim"] """, "sources[0].urls", "without user name and query" },
        { "database local", """ "kind": "clamav", "urls": ["/x"], "databases": ["local"] """, "sources[0].databases", "not local" },
        { "database with path", """ "kind": "clamav", "urls": ["/x"], "databases": ["../main"] """, "sources[0].databases", "a-z" },
        { "no database", """ "kind": "clamav", "urls": ["/x"], "databases": [] """, "sources[0].databases", "at least one" },
        { "file of no format", """ "kind": "files", "urls": ["https://m.example/x.exe"] """, "sources[0].urls", "signature file or container" },
        { "folder as file", """ "kind": "files", "urls": ["https://m.example/x/"] """, "sources[0].urls", "signature file or container" },
        { "two files of one name", """ "kind": "files", "urls": ["https://m.example/a/x.ndb", "https://m.example/b/X.ndb"] """, "sources[0].urls", "two files" },
        { "DNS and private", """ "kind": "clamav", "urls": ["/x"], "privateMirror": true, "dnsRecord": "current.cvd.example" """, "sources[0].dnsRecord", "never DNS" },
        { "record that is no name", """ "kind": "clamav", "urls": ["/x"], "dnsRecord": "a b" """, "sources[0].dnsRecord", "TXT record" },
        { "name server by name", """ "kind": "clamav", "urls": ["/x"], "dnsServer": "dns.example" """, "sources[0].dnsServer", "IP address" },
        { "keys missing", """ "kind": "clamav", "urls": ["/x"], "publicKeys": "/no/such" """, "sources[0].publicKeys", "no such file" },
        { "keys that are none", """ "kind": "clamav", "urls": ["/x"], "publicKeys": "/dev/null" """, "sources[0].publicKeys", "holds no keys" },
        { "certificates missing", """ "kind": "clamav", "urls": ["/x"], "certificates": "/no/such" """, "sources[0].certificates", "no such folder" },
        { "minisign key that is none", """ "kind": "files", "urls": ["/x.ndb"], "minisignKey": "RWQ" """, "sources[0].minisignKey", "minisign public key" },
        { "proxy with password", """ "kind": "clamav", "urls": ["/x"], "proxy": "http://u:p@proxy.example:3128" """, "sources[0].proxy", "http://HOST:PORT" },
        { "authority missing", """ "kind": "clamav", "urls": ["/x"], "caFile": "/no/such" """, "sources[0].caFile", "no such file" },
        { "key without certificate", """ "kind": "clamav", "urls": ["/x"], "clientKey": "/dev/null" """, "sources[0].clientKey", "without clientCertificate" },
        { "token as it is", """ "kind": "clamav", "urls": ["/x"], "token": "geheim" """, "sources[0].token", "file:PATH or env:NAME" },
        { "token that is not there", """ "kind": "clamav", "urls": ["/x"], "token": "env:NO_SUCH_VARIABLE" """, "sources[0].token", "nothing there" },
        { "token under another name", """ "kind": "clamav", "urls": ["/x"], "bearerToken": "geheim" """, "sources[0].bearerToken", "unknown" },
        { "password of the proxy as it is", """ "kind": "clamav", "urls": ["/x"], "proxyCredentials": "u:geheim" """, "sources[0].proxyCredentials", "file:PATH" },
    };

    [Theory, Trait("req", "M-006")]
    [MemberData(nameof(WrongSources))]
    public async Task Names_what_is_wrong_with_a_source_and_keeps_secrets_to_itself(string name, string keys, string path, string words)
    {
        Assert.NotEmpty(name);
        var loaded = await LoadAsync($$"""{ "sources": [ { "name": "a", {{keys}} } ] }""");
        Assert.Null(loaded.Options);
        var problem = Assert.Single(loaded.Problems, p => p.Path == path);
        Assert.Contains(words, problem.ToString(), StringComparison.Ordinal);
        if (name != "query")
        {
            Assert.DoesNotContain(loaded.Problems, p => p.ToString().Contains("geheim", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_mirror_with_everything_is_read()
    {
        var keys = _folder.Write("keys.json", Encoding.ASCII.GetBytes(ClamAvPublisher.Default.KeysJson()));
        var token = _folder.Write("token", "geheim\n");
        var loaded = await LoadAsync($$"""
            { "sources": [ { "name": "vendor", "kind": "clamav", "urls": ["https://a.example/", "https://b.example/x"],
                "databases": ["daily", "main"], "dnsRecord": "current.cvd.example", "dnsServer": "127.0.0.1:53", "publicKeys": "{{keys}}",
                "proxy": "http://proxy.example:3128", "token": "file:{{token}}", "userAgent": "ClamAV/1.4.6 (OS: Linux)", "interval": "1h" } ] }
            """);
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        var source = Assert.Single(loaded.Options!.Sources);
        Assert.Equal(["daily", "main"], source.Mirror.Databases);
        Assert.Equal(keys, source.Mirror.PublicKeys);
        Assert.Equal("https://a.example/, https://b.example/x", source.Address);
        Assert.Equal("http://proxy.example:3128", source.Access.Proxy);
        Assert.DoesNotContain(loaded.Settings, setting => setting.Text.Contains("geheim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Defaults_name_no_server()
    {
        var loaded = await LoadAsync("""{ "sources": [ { "name": "vendor", "kind": "clamav", "urls": ["https://a.example/"] } ] }""");
        var source = Assert.Single(loaded.Options!.Sources);
        Assert.Equal(["daily", "main", "bytecode"], source.Mirror.Databases);
        Assert.Empty(source.Mirror.DnsRecord);
        Assert.DoesNotContain(SettingTable.All, setting => setting.Default.Contains("clamav.net", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Shows_of_a_source_what_its_kind_has()
    {
        var loaded = await LoadAsync("""{ "sources": [ { "name": "a", "kind": "files", "urls": ["/srv/x.ndb"] } ] }""");
        var shown = loaded.Settings.Select(setting => setting.Path).ToList();
        Assert.Contains("sources.0.checksums", shown);
        Assert.DoesNotContain("sources.0.databases", shown);
        Assert.DoesNotContain("sources.0.root", shown);
    }

    [Fact]
    public async Task Warns_of_a_token_on_an_open_line()
    {
        var token = _folder.Write("token", "geheim");
        var loaded = await LoadAsync(
            $$"""{ "sources": [ { "name": "a", "kind": "clamav", "urls": ["http://a.example/"], "token": "file:{{token}}" } ] }""");
        Assert.Contains(loaded.Warnings, warning => warning.Contains("without encryption", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://a.example/lists/x%20y.ndb", "x y.ndb", "https://a.example/lists/", "x%20y.ndb")]
    [InlineData("file:///srv/x.ndb", "x.ndb", "file:///srv/", "x.ndb")]
    [InlineData("/srv/x.ndb", "x.ndb", "/srv/", "x.ndb")]
    [InlineData("x.ndb", "x.ndb", ".", "x.ndb")]
    public void An_address_is_a_folder_and_a_name(string text, string name, string folder, string last)
    {
        Assert.True(SourceAddress.TryParse($"{text}#sha256={Digits.ToUpperInvariant()}", out var address));
        Assert.Equal(name, address.FileName);
        Assert.Equal(folder, address.Folder);
        Assert.Equal(last, address.LastPart);
        Assert.Equal(Digits, address.Sha256.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private Task<LoadedConfiguration> LoadAsync(string json) => ConfigurationLoader.LoadAsync(
        new ConfigurationArguments(_folder.Write("updater.json", json), null, []), new Hashtable(), [], CancellationToken.None);
}
