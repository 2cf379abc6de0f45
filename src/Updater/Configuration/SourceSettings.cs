using System.Net;
using Definitions;
using Definitions.Formats.Dns;

namespace Updater.Configuration;

/// <summary>The settings of one source, and which kinds have them.</summary>
internal static class SourceSettings
{
    private const string PathOrNothing = "a file, or nothing";

    private static readonly string[] Channel = [SourceKinds.Channel];
    private static readonly string[] Mirror = [SourceKinds.ClamAv];
    private static readonly string[] Custom = [SourceKinds.Files];
    private static readonly string[] ClamAvFormats = [SourceKinds.ClamAv, SourceKinds.Files];

    public static Setting[] All { get; } =
    [
        new TextSetting("sources.*.name", "", "1 to 40 characters of a-z, 0-9 and -, starting with a letter", n => PackageId.IsValidName(n)),
        new WordSetting("sources.*.kind", SourceKinds.Channel, SourceKinds.Channel, SourceKinds.ClamAv, SourceKinds.Files),
        new TextSetting("sources.*.url", "", "an https://, http:// or file:// address without user name and query, or a folder", t => SourceAddress.IsPlain(t)) { Kinds = Channel },
        new TextSetting("sources.*.root", "", "a file with the channel's trusted root metadata", IsPath) { Kinds = Channel },
        new ListSetting("sources.*.urls", "", "an https://, http:// or file:// address without user name and query, or a path; of a file also with #sha256=HEX at its end", t => SourceAddress.TryParse(t, out _)) { Kinds = ClamAvFormats },
        new ListSetting("sources.*.databases", "daily,main,bytecode", "the name of a database: 1 to 40 characters of a-z, 0-9 and -, starting with a letter, not local", IsDatabase) { Kinds = Mirror },
        new FlagSetting("sources.*.privateMirror", false) { Kinds = Mirror },
        new FlagSetting("sources.*.scriptedUpdates", true) { Kinds = Mirror },
        new TextSetting("sources.*.dnsRecord", "", "the name of a TXT record, such as current.cvd.example, or nothing", t => t.Length == 0 || TxtMessage.IsName(t)) { Kinds = Mirror },
        new TextSetting("sources.*.dnsServer", "", "an IP address or IP:port, or nothing for the system's name server", t => t.Length == 0 || IPEndPoint.TryParse(t, out _)) { Kinds = Mirror },
        new TextSetting("sources.*.publicKeys", "", "a file with the keys of a private publisher, or nothing for the keys of the format", IsPathOrNothing) { Kinds = ClamAvFormats },
        new TextSetting("sources.*.certificates", "", "a folder with trusted certificates for .sign files, or nothing", IsPathOrNothing) { Kinds = Mirror },
        new FlagSetting("sources.*.checksums", false) { Kinds = Custom },
        new TextSetting("sources.*.minisignKey", "", "a minisign public key or a file with one, or nothing", IsPathOrNothing) { Kinds = Custom },
        new NumberSetting("sources.*.maxFileBytes", 1L << 30, 1024, 4L << 30) { Kinds = ClamAvFormats },
        new TextSetting("sources.*.proxy", "", "http://HOST:PORT, none, or nothing for what the environment says", IsProxy),
        new TextSetting("sources.*.proxyCredentials", "", SecretReference.Forms, SecretReference.IsAllowed) { IsSecret = true },
        new TextSetting("sources.*.caFile", "", PathOrNothing, IsPathOrNothing),
        new TextSetting("sources.*.clientCertificate", "", PathOrNothing, IsPathOrNothing),
        new TextSetting("sources.*.clientKey", "", PathOrNothing, IsPathOrNothing),
        new TextSetting("sources.*.token", "", SecretReference.Forms, SecretReference.IsAllowed) { IsSecret = true },
        new TextSetting("sources.*.userAgent", "", "up to 200 characters of ASCII, or nothing for updater/VERSION", IsUserAgent),
        new DurationSetting("sources.*.interval", TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), "as updates.interval"),
        new FlagSetting("sources.*.enabled", true),
    ];

    public static SourceOptions Read(EffectiveSettings settings, string at)
    {
        _ = Duration.TryParse(settings[at + "interval"].Text, out var interval);
        return new SourceOptions
        {
            Name = settings[at + "name"].Text,
            Kind = settings[at + "kind"].Text,
            Url = settings[at + "url"].Text,
            Urls = ListSetting.Split(settings[at + "urls"].Text),
            Root = settings[at + "root"].Text,
            Interval = interval == TimeSpan.Zero ? null : interval,
            Enabled = IsOn(settings, at + "enabled"),
            MaxFileBytes = long.Parse(settings[at + "maxFileBytes"].Text, System.Globalization.CultureInfo.InvariantCulture),
            Mirror = new MirrorOptions
            {
                Databases = ListSetting.Split(settings[at + "databases"].Text),
                IsPrivate = IsOn(settings, at + "privateMirror"),
                UsesPatches = IsOn(settings, at + "scriptedUpdates"),
                DnsRecord = settings[at + "dnsRecord"].Text,
                DnsServer = settings[at + "dnsServer"].Text,
                PublicKeys = settings[at + "publicKeys"].Text,
                Certificates = settings[at + "certificates"].Text,
            },
            Files = new CustomFileOptions
            {
                HasChecksums = IsOn(settings, at + "checksums"),
                MinisignKey = settings[at + "minisignKey"].Text,
            },
            Access = new AccessOptions
            {
                Proxy = settings[at + "proxy"].Text,
                ProxyCredentials = settings[at + "proxyCredentials"].Text,
                CaFile = settings[at + "caFile"].Text,
                ClientCertificate = settings[at + "clientCertificate"].Text,
                ClientKey = settings[at + "clientKey"].Text,
                Token = settings[at + "token"].Text,
                UserAgent = settings[at + "userAgent"].Text,
            },
        };
    }

    private static bool IsOn(EffectiveSettings settings, string path) => bool.Parse(settings[path].Text);

    private static bool IsPath(string text) => text.Length is > 0 and <= 4096 && !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsPathOrNothing(string text) => text.Length == 0 || IsPath(text);

    private static bool IsDatabase(string text) => PackageId.IsValidName(text) && text != PackageId.LocalName;

    private static bool IsUserAgent(string text) => text.Length <= 200 && text.All(c => c is >= ' ' and < '\x7f');

    private static bool IsProxy(string text) => text is "" or "none"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" or "socks5"
            && uri.UserInfo.Length == 0 && uri.PathAndQuery is "/" && uri.Fragment.Length == 0);
}
