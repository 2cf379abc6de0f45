using System.IO.Compression;
using Engine.FileTypes;

namespace Engine.Benchmarks;

/// <summary>Buffers made of this machine's own files, the same on every run.</summary>
internal static class BenignBuffers
{
    private const int Bytes = 16 << 20;

    /// <summary>At most so much of one file, so that a buffer holds many.</summary>
    private const int FromOne = 1 << 20;

    /// <summary>Links are left out: some lead back to their own folder.</summary>
    private static readonly EnumerationOptions _everywhere = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private static readonly string[] _textEndings = [".txt", ".h", ".py", ".pl", ".pm", ".html", ".xml", ".js", ".css", ".md", ".sh", "copyright"];

    /// <summary>Programs of the framework, in the PE format.</summary>
    public static byte[] Pe() => Read(Path.GetDirectoryName(typeof(object).Assembly.Location)!, f => f.EndsWith(".dll", StringComparison.Ordinal));

    public static byte[] Elf() => Read("/usr/lib", f => f.Contains(".so", StringComparison.Ordinal));

    public static byte[] Text() => Read("/usr/share", f => _textEndings.Any(e => f.EndsWith(e, StringComparison.Ordinal)));

    /// <summary>Text that no HTML mark makes HTML.</summary>
    public static byte[] PlainText() => Read(
        "/usr", f => _textEndings.Any(e => f.EndsWith(e, StringComparison.Ordinal)),
        static bytes => TypeDetector.Detect(bytes.AsSpan()[..Math.Min(bytes.Length, TypeDetector.HeadBytes)]) == ObjectType.TextAscii
            && !HasMark(bytes));

    /// <summary>Documents one after the other, so one document with many scripts.</summary>
    public static byte[] Html() => Read(
        "/usr", f => f.EndsWith(".html", StringComparison.Ordinal) || f.EndsWith(".htm", StringComparison.Ordinal)
            || (f.EndsWith(".js", StringComparison.Ordinal) && !f.EndsWith(".min.js", StringComparison.Ordinal)),
        bytes => true, static (path, bytes) => path.EndsWith(".js", StringComparison.Ordinal)
            ? [.. "<script>"u8, .. bytes, .. "</script>\n"u8] : bytes);

    /// <summary>Files of at most so many bytes.</summary>
    public static List<byte[]> Small(int count, int maxBytes)
    {
        var files = new List<byte[]>();
        foreach (var path in Directory.EnumerateFiles("/usr", "*", _everywhere).Where(path => path.Length % 3 == 0).Order(StringComparer.Ordinal))
        {
            // Every third, so that no package fills the list.
            if (files.Count < count && new FileInfo(path) is { Length: > 0 } file && file.Length <= maxBytes)
            {
                files.Add(File.ReadAllBytes(path));
            }
        }

        return files;
    }

    private static bool HasMark(byte[] bytes)
    {
        var isInLink = false;
        return HtmlTest.HasMark(bytes, ref isInLink) || isInLink;
    }

    public static byte[] Compressed()
    {
        using var packed = new MemoryStream();
        foreach (var part in (byte[][])[Text(), Elf(), Pe()])
        {
            using var stream = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            stream.Write(part);
        }

        return packed.ToArray()[..(int)Math.Min(packed.Length, Bytes)];
    }

    /// <summary>Programs that are in none of the buffers.</summary>
    public static byte[] Programs() => Read("/usr/bin", static _ => true);

    private static byte[] Read(
        string folder, Func<string, bool> isWanted, Func<byte[], bool>? isGood = null, Func<string, byte[], byte[]>? change = null)
    {
        using var all = new MemoryStream();
        foreach (var path in Directory.EnumerateFiles(folder, "*", _everywhere).Where(isWanted).Order(StringComparer.Ordinal))
        {
            if (all.Length >= Bytes)
            {
                break;
            }

            if (new FileInfo(path) is { Length: > 4096 and < (64 << 20) })
            {
                var content = File.ReadAllBytes(path);
                content = content.Length > FromOne ? content[..FromOne] : content;
                if (isGood is null || isGood(content))
                {
                    all.Write(change is null ? content : change(path, content));
                }
            }
        }

        return all.Length >= Bytes / 4
            ? all.ToArray()[..(int)Math.Min(all.Length, Bytes)]
            : throw new InvalidOperationException($"There are too few files of the kind under {folder}.");
    }
}
