using System.Text;
using CsCheck;
using Definitions.Formats.Dns;
using Fuzz;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>Replays the fuzz entry point over seeds and what becomes of them.</summary>
public sealed class SourceFuzzTests
{
    [Fact]
    public void No_damage_to_an_answer_escapes()
    {
        byte[] head = [.. TxtMessage.WriteQuery(7, "current.cvd.example")];
        head[2] = 0x81;
        head[3] = 0x80;
        head[7] = 1;
        var text = Encoding.ASCII.GetBytes("0.103.2:59:26141:1617981959:1:90:49191:333");
        byte[][] seeds =
        [
            [.. head, 0xC0, 0x0C, 0, 16, 0, 1, 0, 0, 0, 1, 0, (byte)(text.Length + 1), (byte)text.Length, .. text],
            text,
            new MinisignSigner(1).Sign([1, 2, 3]),
            Encoding.ASCII.GetBytes(new MinisignSigner(1).PublicKey),
        ];
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 600]).Sample((seed, at, value, length) =>
        {
            byte[] changed = [.. seeds[seed]];
            changed[at % changed.Length] = value;
            SourceFuzz.Run(changed.AsSpan(0, Math.Min(length, changed.Length)));
            SourceFuzz.Run(changed);
        });
    }
}
