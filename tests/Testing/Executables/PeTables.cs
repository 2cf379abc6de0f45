using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Testing.Executables;

/// <summary>The tables inside a PE's sections: imports and version resources.</summary>
internal static class PeTables
{
    /// <summary>Descriptors, thunks, names.</summary>
    /// <param name="address">Where the table will lie.</param>
    public static byte[] Imports(IReadOnlyList<(string Library, string[] Functions)> imports, uint address, bool isPlus)
    {
        var width = isPlus ? 8 : 4;
        var table = new List<byte>(new byte[20 * (imports.Count + 1)]);
        for (var i = 0; i < imports.Count; i++)
        {
            var (library, functions) = imports[i];
            var lookup = table.Count;
            var size = width * (functions.Length + 1);
            table.AddRange(new byte[2 * size]);
            for (var f = 0; f < functions.Length; f++)
            {
                var thunk = functions[f].StartsWith('#')
                    ? (1UL << ((width * 8) - 1)) | ulong.Parse(functions[f].AsSpan(1), CultureInfo.InvariantCulture)
                    : address + (ulong)AddName(table, functions[f]);
                Set(table, lookup + (f * width), thunk, width);
                Set(table, lookup + size + (f * width), thunk, width);
            }

            var name = table.Count;
            table.AddRange(Encoding.Latin1.GetBytes(library + "\0"));
            Set(table, 20 * i, address + (ulong)lookup, 4);
            Set(table, (20 * i) + 12, address + (ulong)name, 4);
            Set(table, (20 * i) + 16, address + (ulong)(lookup + size), 4);
        }

        return [.. table];
    }

    /// <summary>A resource directory with one version resource of one name and one language.</summary>
    public static byte[] VersionResource(IReadOnlyList<(string Name, string Value)> strings, uint address)
    {
        var version = Version(strings);
        var table = new List<byte>();
        AddDirectory(table, 16, 0x8000_0018);
        AddDirectory(table, 1, 0x8000_0030);
        AddDirectory(table, 0x409, 0x48);
        table.AddRange(new byte[16]);
        Set(table, 0x48, address + 0x58, 4);
        Set(table, 0x4C, (ulong)version.Length, 4);
        table.AddRange(version);
        return [.. table];
    }

    private static byte[] Version(IReadOnlyList<(string Name, string Value)> strings)
    {
        var fixedInfo = new byte[52];
        BinaryPrimitives.WriteUInt32LittleEndian(fixedInfo, 0xFEEF04BD);
        var texts = strings.Select(s => Block(s.Name, Text(s.Value), s.Value.Length + 1, 1, []));
        var table = Block("040904b0", [], 0, 1, texts);
        return Block("VS_VERSION_INFO", fixedInfo, fixedInfo.Length, 0, [Block("StringFileInfo", [], 0, 1, [table])]);
    }

    private static byte[] Block(string key, byte[] value, int valueLength, ushort type, IEnumerable<byte[]> children)
    {
        var block = new List<byte>(new byte[6]);
        block.AddRange(Text(key));
        Align(block);
        block.AddRange(value);
        foreach (var child in children)
        {
            Align(block);
            block.AddRange(child);
        }

        Set(block, 0, (ulong)block.Count, 2);
        Set(block, 2, (ulong)valueLength, 2);
        Set(block, 4, type, 2);
        return [.. block];
    }

    private static byte[] Text(string text) => Encoding.Unicode.GetBytes(text + "\0");

    private static void AddDirectory(List<byte> table, uint id, uint target)
    {
        var start = table.Count;
        table.AddRange(new byte[24]);
        Set(table, start + 14, 1, 2);
        Set(table, start + 16, id, 4);
        Set(table, start + 20, target, 4);
    }

    private static int AddName(List<byte> table, string name)
    {
        var start = table.Count;
        table.AddRange([0, 0]);
        table.AddRange(Encoding.Latin1.GetBytes(name + "\0"));
        return start;
    }

    private static void Align(List<byte> block) => block.AddRange(new byte[-block.Count & 3]);

    private static void Set(List<byte> table, int at, ulong value, int width)
    {
        for (var i = 0; i < width; i++)
        {
            table[at + i] = (byte)(value >> (8 * i));
        }
    }
}
