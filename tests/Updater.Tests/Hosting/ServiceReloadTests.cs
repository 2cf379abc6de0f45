using System.Collections;
using Testing;
using Updater.Configuration;
using Updater.Hosting;

namespace Updater.Tests.Hosting;

public sealed class ServiceReloadTests
{
    [Fact, Trait("req", "M-014")]
    public async Task Tells_hot_changes_from_those_that_need_a_restart()
    {
        using var folder = new TempFolder();
        var before = await LoadAsync(folder, """{ "sources": [], "logging": { "level": "information" }, "updates": { "retries": 1 } }""");
        var after = await LoadAsync(folder, """{ "sources": [], "logging": { "level": "debug" }, "updates": { "retries": 2 } }""");

        var changes = ServiceReload.Changes(before.Settings, after.Settings);

        Assert.Equal([new SettingChange("updates.retries", "2", false), new SettingChange("logging.level", "debug", true)], changes);
        Assert.Empty(ServiceReload.Changes(after.Settings, after.Settings));
    }

    private static Task<LoadedConfiguration> LoadAsync(TempFolder folder, string json) => ConfigurationLoader.LoadAsync(
        new ConfigurationArguments(folder.Write("updater.json", json), null, []), new Hashtable(), [], CancellationToken.None);
}
