using System.Text;
using Definitions.Signatures;
using Engine.Decomposition.Archives;
using Engine.Objects;

namespace Engine.FileTypes;

/// <summary>
/// Which office document a ZIP is, by the names of its members (clamav-formats.md §4.2, measured): what the first three
/// local headers name decides; when none of them decides and one hints at a document, the central directory does.
/// </summary>
internal static class OfficeTest
{
    /// <summary>More members than documents have; bounds what one look costs.</summary>
    private const int MaxListed = 65_536;

    /// <summary>Bytes of a name that are compared, or more.</summary>
    private const int LongestName = 24;

    /// <summary>Of UTF-8, for one character of a string.</summary>
    private const int MaxBytesPerCharacter = 3;

    private static ReadOnlySpan<byte> LocalMagic => [0x50, 0x4B, 0x03, 0x04];

    /// <summary>Farthest offsets of the first three local headers: the reference engine reads so far and no farther (measured).</summary>
    private static ReadOnlySpan<int> Farthest => [0, 30_221, 29_246];

    private static ReadOnlySpan<byte> HwpContent => "Contents/content.hpf"u8;

    /// <summary>Null for any other ZIP.</summary>
    /// <exception cref="IOException">The archive could not be read.</exception>
    public static FileTypeName? Find(ObjectContent zip)
    {
        var head = zip.Peek(0, Farthest[1] + ZipEntry.LocalBytes + LongestName);
        var (isHinted, at) = (false, 0);
        foreach (var farthest in Farthest)
        {
            var next = at > head.Length ? -1 : head[at..].IndexOf(LocalMagic);
            at += next;
            if (next < 0 || at > farthest)
            {
                return null;
            }

            var name = head[Math.Min(head.Length, at + ZipEntry.LocalBytes)..];
            if (ByFolder(name) is { } found)
            {
                return found;
            }

            if (name.StartsWith(HwpContent))
            {
                return FileTypeName.OoxmlHwp;
            }

            isHinted |= IsHint(name);
            at += LocalMagic.Length;
        }

        return isHinted ? FindListed(zip) : null;
    }

    private static FileTypeName? ByFolder(ReadOnlySpan<byte> name) =>
        name.StartsWith("xl/"u8) ? FileTypeName.OoxmlXl
        : name.StartsWith("ppt/"u8) ? FileTypeName.OoxmlPpt
        : name.StartsWith("word/"u8) ? FileTypeName.OoxmlWord
        : null;

    private static bool IsHint(ReadOnlySpan<byte> name) =>
        name.StartsWith("[Content_Types].xml"u8) || name.StartsWith("docProps/"u8) || name.StartsWith("customXml/"u8)
        || name.StartsWith("mimetype"u8) || name.StartsWith("version.xml"u8) || name.StartsWith("settings.xml"u8)
        || name.StartsWith("Contents"u8) || name.StartsWith("BinData"u8)
        || name.StartsWith("Preview/PrvText.txt"u8) || name.StartsWith("META-INF/container.xml"u8);

    private static FileTypeName? FindListed(ObjectContent zip)
    {
        if (ZipDirectory.Find(zip, static () => { }) is not { } directory)
        {
            return null;
        }

        // More of a name than its first characters makes no difference.
        Span<byte> room = stackalloc byte[LongestName * MaxBytesPerCharacter];
        var at = directory.Start;
        for (var listed = 0; listed < MaxListed && at < directory.End; listed++)
        {
            if (ZipEntry.ReadCentral(zip, at) is not { } entry)
            {
                return null;
            }

            var name = room[..Encoding.UTF8.GetBytes(entry.Name.AsSpan(0, Math.Min(entry.Name.Length, LongestName)), room)];
            if (ByFolder(name) is { } found)
            {
                return found;
            }

            if (name.SequenceEqual(HwpContent))
            {
                return FileTypeName.OoxmlHwp;
            }

            at += entry.HeaderBytes;
        }

        return null;
    }
}
