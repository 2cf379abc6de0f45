using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;

namespace Engine.Images;

/// <summary>A signature file of a compile request, with the digest of its content.</summary>
internal sealed record CompileSource(CompileInput Input, ushort Package, string Path, string Name, long Length, Digest Digest)
{
    /// <summary>The extension without the dot, lower case.</summary>
    public string Extension => System.IO.Path.GetExtension(Name).TrimStart('.').ToLowerInvariant();

    /// <summary>
    /// The signature files of all inputs: inputs in the order of the request, the files of each by name and content,
    /// so that the order in which a folder lists them does not matter.
    /// </summary>
    /// <exception cref="IOException">A file could not be read.</exception>
    public static IReadOnlyList<CompileSource> Read(IReadOnlyList<CompileInput> inputs, CompileScope scope)
    {
        var files = new List<CompileSource>();
        for (var i = 0; i < inputs.Count; i++)
        {
            foreach (var path in inputs[i].Files)
            {
                var name = System.IO.Path.GetFileName(path);
                if (SignatureParser.IsSignatureFile(name))
                {
                    files.Add(new CompileSource(inputs[i], (ushort)i, path, name, new FileInfo(path).Length, default));
                }
            }
        }

        scope.Begin(CompileStage.Reading, files.Sum(file => file.Length));
        var read = new CompileSource[files.Count];
        Cores.ForEach(read.Length, scope, i =>
        {
            using var content = files[i].Open();
            read[i] = files[i] with { Digest = Digest.Of(content) };
            scope.Advance(files[i].Length);
        });
        return
        [
            .. read
                .OrderBy(s => s.Package)
                .ThenBy(s => s.Name, StringComparer.Ordinal)
                .ThenBy(s => s.Digest.ToString(), StringComparer.Ordinal),
        ];
    }

    public FileStream Open() => Open(Path);

    /// <summary>It begins like an archive or another file that is no text.</summary>
    /// <exception cref="IOException">It could not be read.</exception>
    public bool IsPacked()
    {
        using var content = Open();
        Span<byte> start = stackalloc byte[PackedContent.MaxMagicBytes];
        return PackedContent.Describe(start[..content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]) is not null;
    }

    /// <summary>SHA-256 over one line per input and file, sorted: no path, time or order of the request is in it.</summary>
    public static Digest DigestOf(CompileRequest request, IReadOnlyList<CompileSource> sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var policy = request.Unwanted.IsLoaded ? [$"potentially unwanted: {request.Unwanted.Key}"] : Array.Empty<string>();
        var ignored = request.IgnoredElsewhere.Select(entry => $"ignored elsewhere: {entry.Name} {Convert.ToHexString(entry.LineMd5!.Value.Span)}");
        var lines = policy.Concat(ignored).Concat(request.Inputs.Select(Line)).Concat(sources.Select(s => $"{Line(s.Input)} {s.Digest} {s.Name}"));
        foreach (var line in lines.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData("\n"u8);
        }

        return Digest.Of(hash);
    }

    private static string Line(CompileInput input) =>
        $"{input.Package} {(input.IsOfficial ? "official" : "unofficial")} {(input.IsLenient ? "lenient" : "strict")}";

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
}
