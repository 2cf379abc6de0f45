using Definitions.Packages;
using Definitions.Signatures;
using Definitions.Trust;

namespace Updater.Configuration;

/// <summary>Rules about sources that concern more than one key, or what lies outside the configuration.</summary>
internal static class SourceRules
{
    /// <summary>Containers that a files source unpacks.</summary>
    public static IReadOnlyList<string> Containers { get; } = [".cvd", ".cld", ".cud"];

    public static void Check(EffectiveSettings settings, string? file)
    {
        // A file that could not be read at all has one problem, not two.
        if (file is not null && !settings.NamesSources && settings.Problems.All(p => p.Path.Length > 0))
        {
            settings.Problems.Add(new ConfigurationProblem(
                "sources",
                null,
                "no source is named; add \"sources\": [{ \"name\": …, \"url\": …, \"root\": … }], or \"sources\": [] to use local/ and incoming/ only",
                new OptionsOrigin(OriginLayer.File, file)));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var position in settings.SourcePositions)
        {
            var at = $"sources.{position}.";
            var kind = settings[at + "kind"].Text;
            CheckRequired(settings, position, kind);
            CheckMisplaced(settings, at, kind);
            var name = settings[at + "name"];
            if (name.Text.Length > 0 && !names.Add(name.Text))
            {
                Add(settings, name, "two sources have this name; names are unique");
            }

            CheckNamedFiles(settings, at);
            if (kind == SourceKinds.Files)
            {
                CheckCustomFiles(settings, at);
            }
            else if (kind == SourceKinds.ClamAv)
            {
                CheckMirror(settings, at);
            }
        }
    }

    private static void CheckRequired(EffectiveSettings settings, string position, string kind)
    {
        string[] required = kind == SourceKinds.Channel ? ["name", "url", "root"] : ["name", "urls"];
        foreach (var key in required)
        {
            var value = settings[$"sources.{position}.{key}"];
            if (value.Text.Length == 0 && settings.Problems.All(p => p.Path != value.DisplayPath))
            {
                settings.Problems.Add(new ConfigurationProblem(
                    value.DisplayPath, null, $"required; allowed: {value.Setting.Allowed}", Neighbour(settings, position)));
            }
        }
    }

    /// <summary>A key that has no effect is a mistake: whoever wrote it expects one.</summary>
    private static void CheckMisplaced(EffectiveSettings settings, string at, string kind)
    {
        foreach (var value in settings.OfSection(at).Where(v => v.Origin.Layer != OriginLayer.Default && !v.Setting.IsOfKind(kind)).ToList())
        {
            Add(settings, value, $"a source of kind {kind} has no such key; it belongs to kind {string.Join(" and ", value.Setting.Kinds!)}");
        }
    }

    private static void CheckNamedFiles(EffectiveSettings settings, string at)
    {
        (string Key, string Holds)[] files =
        [
            ("root", "the channel's trusted root metadata"),
            ("publicKeys", "the keys of a private publisher"),
            ("caFile", "the certificates of trusted authorities"),
            ("clientCertificate", "the client's certificate"),
            ("clientKey", "the client's key"),
        ];
        foreach (var (key, holds) in files)
        {
            var value = settings[at + key];
            if (value.Origin.Layer != OriginLayer.Default && value.Text.Length > 0 && !File.Exists(value.Text))
            {
                Add(settings, value, $"no such file; it has to hold {holds}");
            }
        }

        foreach (var key in (string[])["token", "proxyCredentials"])
        {
            var value = settings[at + key];
            if (value.Text.Length > 0 && SecretReference.Read(value.Text) is null)
            {
                Add(settings, value, "nothing there, or not one line of text");
            }
        }

        var key2 = settings[at + "clientKey"];
        if (key2.Text.Length > 0 && settings[at + "clientCertificate"].Text.Length == 0)
        {
            Add(settings, key2, "a key without clientCertificate");
        }
    }

    private static void CheckMirror(EffectiveSettings settings, string at)
    {
        var urls = settings[at + "urls"];
        if (ListSetting.Split(urls.Text).Any(url => url.Contains('#', StringComparison.Ordinal)))
        {
            Add(settings, urls, "a mirror's address is a folder and has no digest");
        }

        if (settings[at + "databases"].Text.Length == 0)
        {
            Add(settings, settings[at + "databases"], "at least one database");
        }

        var certificates = settings[at + "certificates"];
        if (certificates.Text.Length > 0 && !Directory.Exists(certificates.Text))
        {
            Add(settings, certificates, "no such folder; it has to hold trusted certificates");
        }

        var record = settings[at + "dnsRecord"];
        if (record.Text.Length > 0 && settings[at + "privateMirror"].Text == "true")
        {
            Add(settings, record, "a private mirror is asked itself, never DNS");
        }
    }

    private static void CheckCustomFiles(EffectiveSettings settings, string at)
    {
        var name = settings[at + "name"];
        if (name.Text == Definitions.PackageId.LocalName)
        {
            Add(settings, name, "this name is that of the operator's own files");
        }

        var urls = settings[at + "urls"];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var url in ListSetting.Split(urls.Text))
        {
            if (!SourceAddress.TryParse(url, out var address))
            {
                continue;
            }

            var fileName = address.FileName;
            if (!PackageFileName.IsValid(fileName) || !IsReadable(fileName))
            {
                settings.Problems.Add(new ConfigurationProblem(
                    urls.DisplayPath, $"\"{url}\"", "the last part has to be the name of a signature file or container, such as x.ndb or x.cvd", urls.Origin));
            }
            else if (!names.Add(fileName))
            {
                settings.Problems.Add(new ConfigurationProblem(
                    urls.DisplayPath, $"\"{url}\"", $"two files of one source are named {fileName}; put one of them into another source", urls.Origin));
            }
        }

        var key = settings[at + "minisignKey"];
        if (key.Text.Length > 0 && ReadKey(key.Text) is null)
        {
            Add(settings, key, "neither a minisign public key nor a file with one");
        }
    }

    /// <summary>The key of a setting that holds it, or names a file that does.</summary>
    public static MinisignKey? ReadKey(string text)
    {
        if (MinisignKey.TryParse(text, out var key))
        {
            return key;
        }

        return Store.JsonText.TryReadFile(text, 4096) is { } bytes
            && MinisignKey.TryParse(System.Text.Encoding.UTF8.GetString(bytes), out key)
                ? key
                : null;
    }

    private static bool IsReadable(string fileName) =>
        SignatureParser.IsSignatureFile(fileName)
        || Containers.Any(extension => fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where the source itself was written, for a key that was not.</summary>
    private static OptionsOrigin Neighbour(EffectiveSettings settings, string position) =>
        settings.OfSection($"sources.{position}.").Select(s => s.Origin).FirstOrDefault(o => o.Layer != OriginLayer.Default);

    private static void Add(EffectiveSettings settings, EffectiveSetting value, string expected) =>
        settings.Problems.Add(new ConfigurationProblem(
            value.DisplayPath, value.Setting.IsSecret ? "***" : $"\"{value.Text}\"", expected, value.Origin));
}
