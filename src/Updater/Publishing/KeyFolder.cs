using System.Globalization;
using Definitions.Trust;

namespace Updater.Publishing;

/// <summary>
/// A folder of private keys, one PEM file each, named <c>ROLE-NUMBER.pem</c>. The name is for people: which role a key may
/// sign is decided by the root that lists it. So offline keys may simply lie in another folder.
/// </summary>
internal sealed class KeyFolder(string path)
{
    public string Root { get; } = Path.GetFullPath(path);

    /// <summary>Every key of the folder, by key id.</summary>
    /// <exception cref="PublishException">The folder does not exist, or holds a file that is no key.</exception>
    public IReadOnlyDictionary<string, SigningKey> Load()
    {
        if (!Directory.Exists(Root))
        {
            throw new PublishException($"The key folder {Root} does not exist.");
        }

        var keys = new Dictionary<string, SigningKey>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Root, "*.pem").Order(StringComparer.Ordinal))
        {
            var key = SigningKey.FromPem(File.ReadAllText(file));
            keys[key.Id] = key;
        }

        return keys;
    }

    /// <summary>The first <paramref name="count"/> keys of a role; those that do not exist yet are made.</summary>
    public IReadOnlyList<SigningKey> TakeOrCreate(string role, int count, KeyScheme scheme)
    {
        Directory.CreateDirectory(Root);
        return [.. Enumerable.Range(1, count).Select(number => TakeOrCreateOne(PathOf(role, number), scheme))];
    }

    /// <summary>Adds keys of a role under numbers that are free.</summary>
    public IReadOnlyList<SigningKey> Add(string role, int count, KeyScheme scheme)
    {
        Directory.CreateDirectory(Root);
        return
        [
            .. Enumerable.Range(1, int.MaxValue)
                .Select(number => PathOf(role, number))
                .Where(file => !File.Exists(file))
                .Take(count)
                .Select(file => TakeOrCreateOne(file, scheme)),
        ];
    }

    private string PathOf(string role, int number) =>
        Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"{role}-{number}.pem"));

    private static SigningKey TakeOrCreateOne(string file, KeyScheme scheme)
    {
        if (File.Exists(file))
        {
            return SigningKey.FromPem(File.ReadAllText(file));
        }

        var key = SigningKey.Generate(scheme);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // The owner alone reads it, from the first byte on.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(key.ToPem()));
        stream.Flush(flushToDisk: true);
        return key;
    }
}
