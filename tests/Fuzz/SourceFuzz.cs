using System.Text;
using Definitions.Formats.ClamAv;
using Definitions.Formats.Dns;
using Definitions.Trust;

namespace Fuzz;

/// <summary>The small answers of servers: DNS replies, version records, minisign keys and signatures.</summary>
public static class SourceFuzz
{
    private const string Name = "current.cvd.example";

    public static void Run(ReadOnlySpan<byte> data)
    {
        // The number of the question is the fuzzer's own, else every reply would end at it.
        var id = data.Length < 2 ? (ushort)0 : (ushort)((data[0] << 8) | data[1]);
        if (TxtMessage.ReadReply(TxtMessage.WriteQuery(id, Name), data) is { } text)
        {
            ReadVersions(text);
        }

        ReadVersions(data);
        if (MinisignSignature.TryParse(data, out var signature) && MinisignKey.TryParse(Encoding.Latin1.GetString(data), out var key))
        {
            _ = key.Verifies(signature, new MemoryStream([1, 2, 3]));
        }

        _ = MinisignKey.TryParse(Encoding.Latin1.GetString(data), out _);
    }

    private static void ReadVersions(ReadOnlySpan<byte> text)
    {
        foreach (var versions in (MirrorVersions?[])[MirrorVersions.TryParse(text), MirrorVersions.TryParseOne(text)])
        {
            _ = versions?.Find("daily");
            _ = versions?.IsFresh(DateTimeOffset.UnixEpoch);
        }
    }
}
