using System.Collections;
using Testing;
using Updater.Configuration;

namespace Updater.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private const string NoSources = "\"sources\": [],";

    /// <summary>Name, file, key path of the problem, words that its message must hold.</summary>
    public static TheoryData<string, string, string, string> WrongFiles => new()
    {
        { "unknown key", $$"""{ {{NoSources}} "colour": 1 }""", "colour", "unknown key" },
        { "unknown key in a section", $$"""{ {{NoSources}} "updates": { "speed": 1 } }""", "updates.speed", "allowed here" },
        { "misspelt key", $$"""{ {{NoSources}} "updates": { "intervall": "1h" } }""", "updates.intervall", "did you mean interval" },
        { "misplaced key", $$"""{ {{NoSources}} "engine": { "minFreeBytes": 1 } }""", "engine.minFreeBytes", "did you mean updates.minFreeBytes" },
        { "depth zero", $$"""{ {{NoSources}} "engine": { "profiles": { "default": { "maxExtractDepth": 0 } } } }""", "engine.profiles.default.maxExtractDepth", "1 to 50" },
        { "depth 51", $$"""{ {{NoSources}} "engine": { "profiles": { "default": { "maxExtractDepth": 51 } } } }""", "engine.profiles.default.maxExtractDepth", "1 to 50" },
        { "cumulative size one too large", $$"""{ {{NoSources}} "engine": { "profiles": { "default": { "maxCumulativeExtractSize": 4294967295 } } } }""", "engine.profiles.default.maxCumulativeExtractSize", "4294967294" },
        { "negative count", $$"""{ {{NoSources}} "engine": { "profiles": { "default": { "max_file_count": -1 } } } }""", "engine.profiles.default.max_file_count", "0 to" },
        { "number in quotes", $$"""{ {{NoSources}} "updates": { "retries": "3" } }""", "updates.retries", "whole number" },
        { "fraction", $$"""{ {{NoSources}} "updates": { "retries": 1.5 } }""", "updates.retries", "whole number" },
        { "flag as text", $$"""{ {{NoSources}} "listeners": { "clamd": { "enabled": "yes" } } }""", "listeners.clamd.enabled", "true or false" },
        { "interval below a minute", $$"""{ {{NoSources}} "updates": { "interval": "59s" } }""", "updates.interval", "00:01:00" },
        { "interval as bare number", $$"""{ {{NoSources}} "updates": { "interval": 86400 } }""", "updates.interval", "hh:mm:ss" },
        { "interval without unit", $$"""{ {{NoSources}} "updates": { "interval": "10" } }""", "updates.interval", "hh:mm:ss" },
        { "null", $$"""{ {{NoSources}} "updates": { "retries": null } }""", "updates.retries", "whole number" },
        { "value for a section", $$"""{ {{NoSources}} "updates": 5 }""", "updates", "section" },
        { "section for a value", $$"""{ {{NoSources}} "updates": { "retries": { "x": 1 } } }""", "updates.retries.x", "unknown key" },
        { "same key twice", $$"""{ {{NoSources}} "updates": { "retries": 1, "retries": 2 } }""", "updates.retries", "twice" },
        { "two engine blocks", $$"""{ {{NoSources}} "engine": {}, "engine": {} }""", "engine", "twice" },
        { "host name as address", $$"""{ {{NoSources}} "listeners": { "http": ["localhost:8310"] } }""", "listeners.http", "numeric address" },
        { "port too high", $$"""{ {{NoSources}} "listeners": { "clamd": { "tcp": ["127.0.0.1:65536"] } } }""", "listeners.clamd.tcp", "ADDRESS:PORT" },
        { "IPv6 without brackets", $$"""{ {{NoSources}} "listeners": { "http": ["::1:8310"] } }""", "listeners.http", "[::1]:3310" },
        { "same address twice", $$"""{ {{NoSources}} "listeners": { "http": ["127.0.0.1:1", "127.0.0.1:1"] } }""", "listeners.http", "list" },
        { "category with a dot", $$"""{ {{NoSources}} "engine": { "includePua": ["Win.Tool"] } }""", "engine.includePua", "a category" },
        { "categories of both kinds", $$"""{ {{NoSources}} "engine": { "detectPua": true, "includePua": ["A"], "excludePua": ["B"] } }""", "engine.excludePua", "choose one" },
        { "unknown level", $$"""{ {{NoSources}} "logging": { "level": "loud" } }""", "logging.level", "verbose, debug" },
        { "source without name", """{ "sources": [ { "url": "/x", "root": "/dev/null" } ] }""", "sources[0].name", "required" },
        { "source name with capital", """{ "sources": [ { "name": "Main", "url": "/x", "root": "/dev/null" } ] }""", "sources[0].name", "a-z" },
        { "source kind of another time", """{ "sources": [ { "name": "a", "kind": "rsync", "url": "/x", "root": "/dev/null" } ] }""", "sources[0].kind", "channel" },
        { "source with password", """{ "sources": [ { "name": "a", "url": "https://u:p@example.org/", "root": "/dev/null" } ] }""", "sources[0].url", "without user name" },
        { "source over ftp", """{ "sources": [ { "name": "a", "url": "ftp://example.org/", "root": "/dev/null" } ] }""", "sources[0].url", "https://" },
        { "missing root file", """{ "sources": [ { "name": "a", "url": "/x", "root": "/no/such/root.json" } ] }""", "sources[0].root", "no such file" },
        { "sources not a list", """{ "sources": { "name": "a" } }""", "sources.name", "unknown" },
        { "no sources at all", """{ "updates": {} }""", "sources", "no source is named" },
        { "profile name too long", $$"""{ {{NoSources}} "engine": { "profiles": { "{{new string('a', 41)}}": { "maxExtractDepth": 3 } } } }""", $"engine.profiles.{new string('a', 41)}", "1 to 40" },
        { "array", "[]", "", "one JSON object" },
        { "broken JSON", """{ "updates": """, "", "not valid JSON" },
        { "empty file", "", "", "not valid JSON" },
    };

    [Theory, Trait("req", "M-006")]
    [MemberData(nameof(WrongFiles))]
    public async Task Names_key_and_allowed_values_of_a_wrong_setting(string name, string json, string path, string words)
    {
        var loaded = await LoadAsync(json);

        Assert.Null(loaded.Options);
        var problem = Assert.Single(loaded.Problems, p => p.Path == path);
        Assert.Contains(words, problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("u:p@", problem.ToString(), StringComparison.Ordinal);
        Assert.True(problem.ToString().Contains("updater.json", StringComparison.Ordinal) || name.StartsWith("profile", StringComparison.Ordinal));
    }

    [Fact, Trait("req", "M-006")]
    public async Task Reports_all_mistakes_together_with_their_lines()
    {
        var loaded = await LoadAsync("""
            {
              "sources": [ { "name": "a", "url": "/x", "root": "/no/such" }, { "name": "a", "url": "/y", "root": "/no/such" } ],
              "updates": { "retries": 11, "interval": "1s" },
              "oops": true
            }
            """);

        var lines = loaded.Problems.Select(p => p.ToString()).ToList();
        Assert.Equal(6, lines.Count);
        Assert.Contains(lines, l => l.StartsWith("updates.retries = 11", StringComparison.Ordinal) && l.Contains("updater.json:3", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("two sources have this name", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("oops", StringComparison.Ordinal) && l.Contains("updater.json:4", StringComparison.Ordinal));
    }

    [Fact, Trait("req", "M-012")]
    public async Task Later_layers_win_and_each_value_knows_its_origin()
    {
        var environment = new Hashtable { ["UPDATER__UPDATES__RETRIES"] = "5", ["UPDATER__Logging__Level"] = "debug", ["PATH"] = "/bin" };

        var loaded = await LoadAsync(
            $$"""{ {{NoSources}} "updates": { "retries": 4, "keepGenerations": 9 } }""", environment, ["logging.level=error"]);

        Assert.Equal(5, loaded.Options!.Updates.Retries);
        Assert.Equal(9, loaded.Options.Updates.KeepGenerations);
        Assert.Equal("error", loaded.Options.Logging.Level);
        Assert.Equal("environment UPDATER__UPDATES__RETRIES", Origin(loaded, "updates.retries"));
        Assert.EndsWith("updater.json:1", Origin(loaded, "updates.keepGenerations"), StringComparison.Ordinal);
        Assert.Equal("command line --set", Origin(loaded, "logging.level"));
        Assert.Equal("default", Origin(loaded, "updates.interval"));
    }

    [Fact]
    public async Task Takes_the_names_of_the_original_and_counts_their_seconds()
    {
        var loaded = await LoadAsync($$"""
            { {{NoSources}} "updates": { "update_interval": 7200 },
              "engine": { "max_concurrency": 3, "profiles": { "mail": { "max_extract_depth": 5, "max_extract_time": 60, "max_cumulative_extract_size": 0 } } } }
            """);

        var mail = loaded.Options!.Engine.Profiles["mail"];
        Assert.Equal(TimeSpan.FromHours(2), loaded.Options.Updates.Interval);
        Assert.Equal(3, loaded.Options.Engine.MaxConcurrency);
        Assert.Equal(5, mail.MaxExtractDepth);
        Assert.Equal(TimeSpan.FromMinutes(1), mail.MaxExtractTime);
        Assert.Equal(209_715_200, mail.ToProfile("mail").MaxCumulativeExtractSize);
        Assert.Equal(10, loaded.Options.Engine.Profiles["default"].MaxExtractDepth);
    }

    [Theory, Trait("req", "M-022")]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(209715200, true)]
    [InlineData(2147483648, true)]
    [InlineData(4294967294, true)]
    [InlineData(4294967295, false)]
    public async Task Cumulative_size_takes_its_range_and_warns_above_two_gigabytes(long size, bool isAllowed)
    {
        var loaded = await LoadAsync($$"""{ {{NoSources}} "engine": { "profiles": { "default": { "maxCumulativeExtractSize": {{size}} } } } }""");

        Assert.Equal(isAllowed, loaded.Options is not null);
        Assert.Equal(isAllowed && size > 2147483648, loaded.Warnings.Any(w => w.Contains("maxCumulativeExtractSize", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Serves_the_demo_channel_without_any_file()
    {
        var loaded = await ConfigurationLoader.LoadAsync(
            new ConfigurationArguments(null, _folder.Path("d"), []), new Hashtable(), [_folder.Path("none.json")], CancellationToken.None);

        Assert.Equal("demo", Assert.Single(loaded.Options!.Sources).Name);
        Assert.Equal(["127.0.0.1:3310", "[::1]:3310"], loaded.Options.Listeners.Clamd.Tcp);
        Assert.Equal(["127.0.0.1:8310", "[::1]:8310"], loaded.Options.Listeners.Http.Addresses);
        Assert.Equal(_folder.Path("d"), loaded.Options.DataDirectory);
    }

    [Fact]
    public async Task Categories_of_unwanted_programs_become_a_policy()
    {
        var loaded = await LoadAsync($$"""{ {{NoSources}} "engine": { "detectPua": true, "excludePua": ["Game", "Ad"] } }""");
        Assert.Equal("yes + -Ad,Game", loaded.Options!.Engine.Unwanted.Key);
        var unused = await LoadAsync($$"""{ {{NoSources}} "engine": { "excludePua": ["Game"] } }""");
        Assert.False(unused.Options!.Engine.Unwanted.IsLoaded);
        Assert.Contains(unused.Warnings, warning => warning.Contains("engine.detectPua", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_named_file_is_a_problem_and_not_a_default()
    {
        var loaded = await ConfigurationLoader.LoadAsync(
            new ConfigurationArguments(_folder.Path("none.json"), null, []), new Hashtable(), [], CancellationToken.None);

        Assert.Null(loaded.Options);
        Assert.Contains("cannot be read", loaded.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_can_be_given_by_environment_alone()
    {
        var root = _folder.Write("root.json", "{}");
        var environment = new Hashtable
        {
            ["UPDATER__SOURCES__0__NAME"] = "a",
            ["UPDATER__SOURCES__0__URL"] = "https://example.org/",
            ["UPDATER__SOURCES__0__ROOT"] = root,
        };

        var loaded = await ConfigurationLoader.LoadAsync(new ConfigurationArguments(null, null, []), environment, [], CancellationToken.None);

        Assert.Equal("https://example.org/", Assert.Single(loaded.Options!.Sources).Url);
    }

    [Fact]
    public async Task Lists_are_replaced_as_a_whole_by_the_command_line()
    {
        var loaded = await LoadAsync(
            $$"""{ {{NoSources}} "listeners": { "http": ["127.0.0.1:1"] } }""", assignments: ["listeners.http=127.0.0.1:2,[::1]:2"]);

        Assert.Equal(["127.0.0.1:2", "[::1]:2"], loaded.Options!.Listeners.Http.Addresses);
    }

    public void Dispose() => _folder.Dispose();

    private static string Origin(LoadedConfiguration loaded, string path) =>
        loaded.Settings.Single(s => s.Path == path).Origin.ToString();

    private Task<LoadedConfiguration> LoadAsync(string json, Hashtable? environment = null, string[]? assignments = null) =>
        ConfigurationLoader.LoadAsync(
            new ConfigurationArguments(_folder.Write("updater.json", json), null, assignments ?? []),
            environment ?? [],
            [],
            CancellationToken.None);
}
