using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Engine.Tests.Decomposition;

/// <summary>Makes archives at run time.</summary>
internal static class Archive
{
    public static byte[] Zip(params (string Name, byte[] Bytes)[] members) => Zip(CompressionLevel.Fastest, members);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] members)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A ZIP that ends in a comment, which stands in the archive as it is.</summary>
    public static byte[] WithComment(byte[] zip, string comment)
    {
        var bytes = Join(zip, Text(comment));
        bytes[zip.Length - 2] = (byte)comment.Length;
        return bytes;
    }

    public static byte[] Nested(int depth, byte[] payload)
    {
        var bytes = payload;
        for (var i = 0; i < depth; i++)
        {
            bytes = Zip((i == 0 ? "payload.bin" : "inner.zip", bytes));
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    public static byte[] Bzip2(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var bzip2 = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Compress, false, leaveOpen: true))
        {
            bzip2.Write(bytes);
        }

        return stream.ToArray();
    }

    public static byte[] Zstandard(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var zstandard = new CompressionStream(stream, 3, 0, leaveOpen: true))
        {
            // Without it a changed literal is a correct file.
            zstandard.SetParameter(SharpCompress.Compressors.ZStandard.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstandard.Write(bytes);
        }

        return stream.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[] Bytes)[] members) => Tar(TarEntryFormat.Pax, members);

    public static byte[] Tar(TarEntryFormat format, params (string Name, byte[] Bytes)[] members)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                tar.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Bytes without patterns, the same for the same seed.</summary>
    public static byte[] Noise(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Runs a tool on files in a folder of its own and returns what it made; skips the test where it is missing.</summary>
    public static byte[] WithTool(string tool, string arguments, string result, params (string Name, byte[] Bytes)[] inputs)
    {
        using var folder = new Testing.TempFolder();
        foreach (var (name, bytes) in inputs)
        {
            folder.Write(name, bytes);
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments)
            {
                WorkingDirectory = folder.Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{tool} is not installed.");
        }

        return File.ReadAllBytes(folder.Path(result));
    }
}
