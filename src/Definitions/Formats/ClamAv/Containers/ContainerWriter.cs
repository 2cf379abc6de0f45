namespace Definitions.Formats.ClamAv.Containers;

/// <summary>Writes a verified database back into one file.</summary>
public static class ContainerWriter
{
    /// <summary>
    /// Writes a CLD: the index's first line as header, then a plain archive of licence, index, <c>.cfg</c> and the rest
    /// (clamav-formats.md §1.5). The same database gives the same bytes.
    /// </summary>
    /// <param name="database">Signed; its index must bear a signature, as nothing else vouches for a CLD.</param>
    /// <param name="target">Receives the container; not owned.</param>
    /// <exception cref="ArgumentException">The index bears no signature.</exception>
    /// <exception cref="IOException">Our own disk failed, or a file was changed under us.</exception>
    public static void WriteCld(UnpackedDatabase database, Stream target)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(target);
        if (database.Index.Signature is null)
        {
            throw new ArgumentException("A database without a signed index cannot become a CLD.", nameof(database));
        }

        var header = database.Header with { Md5 = ContainerHeader.Absent, Signature = ContainerHeader.Absent };
        target.Write(header.ToBytes());
        var first = database.Name + ".cfg";
        var names = database.Members.Select(member => member.Name)
            .OrderBy(name => name == first ? 0 : 1)
            .ThenBy(name => name, StringComparer.Ordinal);
        WriteMember(database.Folder, UnpackedDatabase.LicenceName, target);
        WriteMember(database.Folder, database.IndexName, target);
        foreach (var name in names)
        {
            WriteMember(database.Folder, name, target);
        }
    }

    private static void WriteMember(string folder, string name, Stream target)
    {
        var path = Path.Combine(folder, name);
        if (name == UnpackedDatabase.LicenceName && !File.Exists(path))
        {
            return;
        }

        using var content = File.OpenRead(path);
        Span<byte> block = stackalloc byte[MemberHeader.BlockSize];
        new MemberHeader(name, content.Length).WriteTo(block);
        target.Write(block);
        var start = target.CanSeek ? target.Position : 0;
        content.CopyTo(target);
        if (target.CanSeek && target.Position - start != content.Length)
        {
            throw new IOException($"{name} changed while it was written.");
        }

        block.Clear();
        target.Write(block[..MemberHeader.Padding(content.Length)]);
    }
}
