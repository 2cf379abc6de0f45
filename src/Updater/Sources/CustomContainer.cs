using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;

namespace Updater.Sources;

/// <summary>Containers among custom files: verified like those of a mirror, but <c>.cud</c>, which nobody signs.</summary>
internal static class CustomContainer
{
    /// <summary>Unpacks the members that are signature files; the licence text stays out.</summary>
    /// <returns>False: the name is not that of a container.</returns>
    /// <exception cref="Definitions.RefusedException">It is one, and wrong.</exception>
    public static async Task<bool> TryUnpackAsync(
        string name, string path, string folder, SourceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!ContainerKinds.TryOfFileName(name, out var kind))
        {
            return false;
        }

        var trust = MirrorTrust.Read(options, time);
        await Task.Run(
            () =>
            {
                using var container = File.OpenRead(path);
                var database = ContainerReader.Unpack(
                    container, new ContainerSource(kind), folder, trust, MirrorTrust.LimitsFor(options), cancellationToken);
                foreach (var extra in Directory.EnumerateFiles(folder).Where(file => !database.Members.Any(m => m.Name == Path.GetFileName(file))).ToList())
                {
                    File.Delete(extra);
                }
            },
            cancellationToken);
        File.Delete(path);
        return true;
    }
}
