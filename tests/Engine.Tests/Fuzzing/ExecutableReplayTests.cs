using CsCheck;
using Fuzz;
using Testing.Executables;

namespace Engine.Tests.Fuzzing;

/// <summary>Replays the fuzz entry points of executables on seeds with bytes changed and cut.</summary>
public sealed class ExecutableReplayTests
{
    private delegate void Entry(ReadOnlySpan<byte> bytes);

    [Fact]
    public void No_damage_to_a_pe_escapes()
    {
        var builder = new PeBuilder { EntryPoint = 0x1010 }.Add(new byte[0x200])
            .Import("KERNEL32.dll", "CreateFileA", "#5").VersionString("CompanyName", "x");
        Replay(builder.Build(), ExecutableFuzz.Pe);
        Replay(new PeBuilder { IsPlus = true }.Add(new byte[0x200]).Import("a.dll", "b").VersionString("c", "d").Build(), ExecutableFuzz.Pe);
    }

    [Fact]
    public void No_damage_to_an_elf_escapes()
    {
        Replay(new ElfBuilder { EntryPoint = 0x10100 }.Segment(0, 0x10000, 0x400).Section(0x100, 0x80).Build(), ExecutableFuzz.Elf);
        Replay(
            new ElfBuilder { Is64Bit = false, IsBigEndian = true, EntryPoint = 0x10100 }.Segment(0, 0x10000, 0x400).Section(0x100, 0x80).Build(),
            ExecutableFuzz.Elf);
    }

    [Fact]
    public void No_damage_to_a_macho_escapes()
    {
        Replay(new MachOBuilder { MainOffset = 0x200 }.Section(0x1000, 0x90, 0x200).Build(), ExecutableFuzz.MachO);
        Replay(
            new MachOBuilder { Is64Bit = false, IsBigEndian = true, Processor = 18, Thread = (1, new byte[160]) }.Section(0, 0x90, 0x200).Build(),
            ExecutableFuzz.MachO);
    }

    private static void Replay(byte[] seed, Entry entry)
    {
        entry(seed);
        byte[] edges = [0, 1, 0x7F, 0x80, 0xFF];
        var change = Gen.Select(Gen.Int[0, Math.Min(seed.Length, 0x900) - 1], Gen.Byte);
        Gen.Select(change.Array[1, 6], Gen.Int[0, seed.Length * 4]).Sample(
            (changes, length) =>
            {
                var bytes = (byte[])seed.Clone();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value % 2 == 0 ? edges[value % edges.Length] : value;
                }

                entry(bytes.AsSpan(0, Math.Min(length, bytes.Length)));
            },
            iter: 3000,
            threads: 1);
    }
}
