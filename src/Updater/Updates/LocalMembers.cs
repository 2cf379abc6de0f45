using System.Security.Cryptography;
using System.Text.Json;
using Definitions;
using Definitions.Signatures;
using Updater.Sources;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// What became of the containers among the operator's files: the members of those that were verified lie beside the files
/// in the package's folder, <c>members/N/container!member</c>; <c>members.json</c> lists them with their digests, and the
/// containers that were refused with the reason.
/// </summary>
/// <param name="Files">Full paths of the members.</param>
/// <param name="Refused">One finding for each container that is not used.</param>
internal sealed record LocalMembers(IReadOnlyList<string> Files, IReadOnlyList<Diagnostic> Refused)
{
    private const int MaxListBytes = 16 << 20;

    private static readonly LocalMembers None = new([], []);

    /// <summary>Unpacks what counts of the containers; the rest of the set does not suffer from a bad one.</summary>
    /// <param name="containers">Full paths.</param>
    /// <param name="packageFolder">Receives the members and their list.</param>
    /// <exception cref="IOException">Our own disk failed.</exception>
    public static async Task<LocalMembers> UnpackAsync(
        IReadOnlyList<string> containers, string packageFolder, ContainerFiles opener, CancellationToken cancellationToken)
    {
        if (containers.Count == 0)
        {
            return None;
        }

        var files = new List<string>();
        var refused = new List<Diagnostic>();
        foreach (var (index, container) in ContainerFiles.Counting(containers).Index())
        {
            var folder = Directory.CreateDirectory(Path.Combine(packageFolder, "members", $"{index}")).FullName;
            try
            {
                var opened = await Task.Run(() => opener.Open(container, folder, cancellationToken), cancellationToken);
                files.AddRange(opened.Files.Where(file => SignatureParser.IsSignatureFile(Path.GetFileName(file))));
            }
            catch (RefusedException e)
            {
                refused.Add(ContainerFiles.Finding(Path.GetFileName(container), e));
            }
        }

        await AtomicFile.WriteAsync(ListOf(packageFolder), await WriteAsync(packageFolder, files, refused, cancellationToken), cancellationToken);
        return new LocalMembers(files, refused);
    }

    /// <summary>Looks at the members of a complete package again.</summary>
    /// <param name="hasContainers">False: there are none, and no list.</param>
    /// <returns>Null when one is missing or differs in any byte.</returns>
    /// <exception cref="IOException">One could not be read.</exception>
    public static async Task<LocalMembers?> TryReopenAsync(string packageFolder, bool hasContainers, CancellationToken cancellationToken)
    {
        if (!hasContainers)
        {
            return None;
        }

        if (JsonText.TryReadFile(ListOf(packageFolder), MaxListBytes) is not { } text || JsonText.TryRead(text, Read) is not { } listed)
        {
            return null;
        }

        var files = new List<string>();
        foreach (var (name, digest) in listed.Members)
        {
            var path = Path.Combine(packageFolder, name);
            if (await DigestOfAsync(path, cancellationToken) != digest)
            {
                return null;
            }

            files.Add(path);
        }

        return new LocalMembers(files, listed.Refused);
    }

    private static string ListOf(string packageFolder) => Path.Combine(packageFolder, "members.json");

    private static async Task<Digest> DigestOfAsync(string path, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(path);
        return new Digest(await SHA256.HashDataAsync(content, cancellationToken));
    }

    private static async Task<byte[]> WriteAsync(
        string packageFolder, IReadOnlyList<string> files, IReadOnlyList<Diagnostic> refused, CancellationToken cancellationToken)
    {
        var digests = new List<(string Name, Digest Sha256)>();
        foreach (var file in files)
        {
            digests.Add((Path.GetRelativePath(packageFolder, file), await DigestOfAsync(file, cancellationToken)));
        }

        return JsonText.Write(json =>
        {
            json.WriteStartArray("members");
            foreach (var (name, digest) in digests)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("sha256", digest.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("refused");
            foreach (var finding in refused)
            {
                json.WriteStartObject();
                json.WriteString("file", finding.File);
                json.WriteString("message", finding.Message);
                json.WriteString("hint", finding.Hint);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static Listed Read(JsonElement root) => new(
        [.. root.GetProperty("members").EnumerateArray().Select(item => (
            item.GetProperty("name").GetString() ?? throw new FormatException("a name is null"), JsonText.Digest(item, "sha256")))],
        [.. root.GetProperty("refused").EnumerateArray().Select(item => new Diagnostic(
            ContainerFiles.RefusedCode, DiagnosticSeverity.Error, item.GetProperty("message").GetString() ?? "", item.GetProperty("file").GetString() ?? "", 0, 0)
        {
            Hint = item.GetProperty("hint").GetString(),
        })]);

    private sealed record Listed(IReadOnlyList<(string Name, Digest Sha256)> Members, IReadOnlyList<Diagnostic> Refused);
}
