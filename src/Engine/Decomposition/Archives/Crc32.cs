using System.Buffers.Binary;

namespace Engine.Decomposition.Archives;

/// <summary>The CRC-32 of ZIP and gzip (reflected polynomial EDB88320), eight bytes at a step.</summary>
internal struct Crc32
{
    private static readonly uint[] Tables = BuildTables();

    private uint _state;

    /// <summary>Of all bytes appended so far; 0 for none.</summary>
    public readonly uint Value => _state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var tables = Tables.AsSpan(0, 8 * 256);
        var crc = ~_state;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 * 256) + (int)(low & 0xFF)] ^ tables[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ tables[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ tables[(4 * 256) + (int)(low >> 24)]
                ^ tables[(3 * 256) + (int)(high & 0xFF)] ^ tables[(2 * 256) + (int)((high >> 8) & 0xFF)]
                ^ tables[256 + (int)((high >> 16) & 0xFF)] ^ tables[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = (crc >> 8) ^ tables[(int)((crc ^ b) & 0xFF)];
        }

        _state = ~crc;
    }

    /// <summary>One step of the bare register, without the inversions at both ends.</summary>
    public static uint Step(uint register, byte value) => (register >> 8) ^ Tables[(int)((register ^ value) & 0xFF)];

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(int)(tables[i - 256] & 0xFF)];
        }

        return tables;
    }
}
