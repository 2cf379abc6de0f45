using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Updater.Hosting;
using Updater.Sources;

namespace Updater.Updates;

/// <summary>The operator's own signature files as they are now: names and digests (cli.md, folder <c>local/</c>).</summary>
internal sealed class LocalFileSet
{
    /// <summary>Files taken; more are left out with a note.</summary>
    public const int MaxFiles = 1000;

    /// <summary>Bytes of one file; larger ones are left out with a note.</summary>
    public const long MaxFileBytes = 1_073_741_824;

    private LocalFileSet(IReadOnlyList<LocalFile> files, IReadOnlyList<string> leftOut)
    {
        Files = files;
        LeftOut = leftOut;
        Digest = DigestOf(files);
    }

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<LocalFile> Files { get; }

    /// <summary>One line for each file or folder that is not taken.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>SHA-256 over names and content digests: equal exactly when nothing changed.</summary>
    public Digest Digest { get; }

    public bool IsEmpty => Files.Count == 0;

    /// <summary>Bytes that a copy takes, with the members of containers: text packs to a quarter or less.</summary>
    public long Bytes => Files.Sum(file => file.IsContainer ? 5 * file.Bytes : file.Bytes);

    /// <summary>
    /// Plain files directly in the folder whose extension is one of the signature formats or of a container. Links are not followed;
    /// hidden and half-written names (<c>.x</c>, <c>x.part</c>, <c>x.tmp</c>) are passed over in silence.
    /// </summary>
    /// <exception cref="IOException">A file could not be read.</exception>
    public static async Task<LocalFileSet> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return new LocalFileSet([], []);
        }

        var files = new List<LocalFile>();
        var leftOut = Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.'))
            .Order(StringComparer.Ordinal).Select(name => $"{name}/ is a folder and is left out: only files directly in local are read.").ToList();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (name.StartsWith('.') || Path.GetExtension(name) is ".part" or ".tmp")
            {
                continue;
            }

            var file = new FileInfo(path);
            if (!SignatureParser.IsSignatureFile(name) && !ContainerFiles.IsContainer(name))
            {
                leftOut.Add($"{name} is left out: no format that is read has this extension (SIG009).");
            }
            else if (file.LinkTarget is not null)
            {
                leftOut.Add($"{name} is a link and is left out: copy the file instead.");
            }
            else if (!FileScan.IsText(name))
            {
                leftOut.Add($"{name} has a name that is not UTF-8 and is left out: rename it.");
            }
            else if (UnixFileKind.IsSpecial(path))
            {
                leftOut.Add($"{name} is no regular file and is left out.");
            }
            else if (file.Length > MaxFileBytes)
            {
                leftOut.Add($"{name} has {file.Length} bytes and is left out: {MaxFileBytes} are allowed.");
            }
            else if (files.Count == MaxFiles)
            {
                leftOut.Add($"{name} is left out: {MaxFiles} files are allowed.");
            }
            else
            {
                files.Add(await LocalFile.ReadAsync(path, cancellationToken));
            }
        }

        return new LocalFileSet(files, leftOut);
    }

    /// <summary>The same set with other content of some files.</summary>
    /// <param name="others">Under names that are in the set.</param>
    public LocalFileSet With(IReadOnlyList<LocalFile> others) =>
        new([.. Files.Select(file => others.FirstOrDefault(other => other.Name == file.Name) ?? file)], LeftOut);

    private static Digest DigestOf(IReadOnlyList<LocalFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            text.Append(file.Name).Append('\0').Append(file.Sha256).Append('\n');
        }

        return Digest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}

internal sealed record LocalFile(string Name, string Path, long Bytes, Digest Sha256)
{
    public bool IsContainer => ContainerFiles.IsContainer(Name);

    /// <exception cref="IOException">It could not be read.</exception>
    public static async Task<LocalFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(path);
        return new LocalFile(
            System.IO.Path.GetFileName(path), path, content.Length, new Digest(await SHA256.HashDataAsync(content, cancellationToken)));
    }
}

/// <summary>Versions of the package <c>local</c>.</summary>
internal static class LocalVersion
{
    /// <summary>Today's date with revision 1, or one revision more than the previous one of the same or a later day.</summary>
    public static DefinitionsVersion Next(DefinitionsVersion? previous, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return previous is { } old && old.Date >= today
            ? new DefinitionsVersion(old.Date, old.Revision + 1)
            : new DefinitionsVersion(today, 1);
    }
}
