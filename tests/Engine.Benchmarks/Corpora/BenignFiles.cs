using System.Runtime.InteropServices;

namespace Engine.Benchmarks.Corpora;

/// <summary>What a corpus is made of.</summary>
internal enum CorpusKind
{
    Pe,
    Elf,
    Text,

    /// <summary>Deflate streams of the other kinds: bytes without structure.</summary>
    Compressed,
}

/// <summary>
/// Which half of a machine's files: patterns are drawn from one, scans are timed on the other, so that benign files share
/// with patterns what programs share with each other, and no more.
/// </summary>
internal enum CorpusHalf
{
    Scanned = 0,
    Drawn = 1,
}

/// <summary>The benign files of this machine by kind, in an order that does not change from run to run.</summary>
internal static class BenignFiles
{
    private const long MaxFileBytes = 64L << 20;
    private const long MinFileBytes = 256;

    private static readonly string[] _textExtensions =
        [".py", ".h", ".c", ".txt", ".md", ".html", ".xml", ".json", ".pl", ".pm", ".sh", ".js", ".css", ".rst", ".tex", ".cmake"];

    private static readonly EnumerationOptions _walk = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
        MaxRecursionDepth = 16,
    };

    /// <summary>Full paths, sorted by a digest of the path: a mixture of folders from the first file on.</summary>
    public static IEnumerable<string> Of(CorpusKind kind, CorpusHalf half) => Roots(kind)
        .Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateFiles(root, "*", _walk))
        .Distinct(StringComparer.Ordinal)
        .Where(path => HasName(kind, path))
        .Select(path => (Path: path, Order: Order(path)))
        .Where(file => (file.Order & 1) == (ulong)half)
        .OrderBy(file => file.Order)
        .Select(file => file.Path)
        .Where(path => IsUsable(kind, path));

    /// <summary>FNV-1a: <see cref="string.GetHashCode()"/> differs from process to process.</summary>
    private static ulong Order(string path)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in path)
        {
            hash = (hash ^ c) * 1_099_511_628_211UL;
        }

        return hash ^ (hash >> 29);
    }

    private static IEnumerable<string> Roots(CorpusKind kind) => kind switch
    {
        CorpusKind.Elf => ["/usr/bin", "/usr/sbin", "/usr/lib"],
        CorpusKind.Text => ["/usr/share/doc", "/usr/share/perl", "/usr/lib/python3", "/usr/include", "/usr/share/cmake", "/usr/lib/python3.11"],
        CorpusKind.Pe =>
        [
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        ],
        CorpusKind.Compressed => [],
    };

    private static bool HasName(CorpusKind kind, string path)
    {
        var extension = Path.GetExtension(path);
        return kind switch
        {
            CorpusKind.Pe => extension is ".dll" or ".exe",
            CorpusKind.Text => _textExtensions.Contains(extension, StringComparer.Ordinal),
            CorpusKind.Elf => extension is "" or ".so" or ".o" || path.Contains(".so.", StringComparison.Ordinal),
            CorpusKind.Compressed => false,
        };
    }

    private static bool IsUsable(CorpusKind kind, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            return file.Length is >= MinFileBytes and <= MaxFileBytes
                && file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4
                && kind switch
                {
                    CorpusKind.Pe => magic.StartsWith("MZ"u8),
                    CorpusKind.Elf => magic.SequenceEqual("\u007FELF"u8),
                    CorpusKind.Text => !magic.Contains((byte)0) && !magic.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]),
                    CorpusKind.Compressed => false,
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not readable, so no part of the corpus.
            return false;
        }
    }
}
