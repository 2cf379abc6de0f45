using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Testing.Executables;

/// <summary>
/// Executables with headers from a seed, and signatures aimed at them: bodies at every kind of executable offset,
/// digests of sections and of import strings. Every file meets every signature. The executables are made of unmistakable
/// words of 8 bytes, so that a body at an offset hits one place or none.
/// </summary>
public sealed class ExecutableCases
{
    private readonly StringBuilder _bodies = new("# generated\n");
    private readonly StringBuilder _sections = new("# generated\n");
    private readonly StringBuilder _imports = new("# generated\n");
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);
    private readonly Random _random;
    private int _word;

    private ExecutableCases(int seed)
    {
        // The sequence of a seeded generator is part of the case: it has to come out the same everywhere.
        _random = new Random(seed);
    }

    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Database file name → text.</summary>
    public IReadOnlyDictionary<string, string> Databases => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["cases.ndb"] = _bodies.ToString(),
        ["cases.mdb"] = _sections.ToString(),
        ["cases.imp"] = _imports.ToString(),
    };

    public static ExecutableCases Generate(int seed, int count)
    {
        var cases = new ExecutableCases(seed);
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"x{i:d4}");
            var (target, file) = cases._random.Next(4) switch
            {
                0 => (6, cases.Elf()),
                1 => (9, cases.MachO()),
                _ => (1, cases.Pe(name)),
            };
            cases._files.Add(name, file);
            cases.AddBodies(name, target, file);
        }

        return cases;
    }

    private byte[] Pe(string name)
    {
        var isPlus = _random.Next(3) == 0;
        var builder = new PeBuilder
        {
            IsPlus = isPlus,
            EntryPoint = Pick<uint>(0x1000, 0x1010, 0x1104, 0x2008, 0x300, 0, 0x9000, (uint)_random.Next(0x5000)),
            SectionAlignment = Pick<uint>(0x1000, 0x1000, 0x1000, 0x2000, 0x200, 0, 3),
            FileAlignment = Pick<uint>(0x200, 0x200, 0x200, 0x1000, 0x10, 0, 7, 0x400),
        };
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            builder.Add(Words(_random.Next(1, 100)));
        }

        if (_random.Next(3) == 0)
        {
            var content = Words(_random.Next(1, 100));
            var address = Pick<uint>(0x2000, 0x2010, 0x5000, 0x1000);
            var start = Pick<uint>(0x800, 0x810, 0x900, 0xA08);
            builder.Add(address, (uint)_random.Next(0x1000), start, (uint)_random.Next(0x600), content);
        }

        if (!isPlus && _random.Next(2) == 0)
        {
            AddImports(name, builder);
        }

        if (_random.Next(4) == 0)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"V{_word++:d5}");
            builder.VersionString("Name" + text, "Value" + text).VersionString("Other", "x");
            _bodies.Append(CultureInfo.InvariantCulture, $"Case.Vi-{name}:1:VI:{Hex(Encoding.Unicode.GetBytes("Name" + text))}\n");
            _bodies.Append(CultureInfo.InvariantCulture, $"Case.NoVi-{name}:1:VI:{Hex(Encoding.Unicode.GetBytes("Value" + text))}\n");
        }

        // The reference engine does not see imported names that begin in the last 256 bytes of a file.
        byte[] file = [.. builder.Build(), .. Words(40)];
        if (_random.Next(3) == 0)
        {
            Damage(file, builder);
        }

        AddSections(name, file, builder);
        return file;
    }

    /// <summary>Changes a field that readers have to doubt.</summary>
    private void Damage(byte[] file, PeBuilder builder)
    {
        var section = builder.SectionTable + (40 * _random.Next(2));
        int[] places =
        [
            PeBuilder.OptionalHeader + 16, PeBuilder.OptionalHeader + 32, PeBuilder.OptionalHeader + 36,
            PeBuilder.OptionalHeader + 60, section + 8, section + 12, section + 16, section + 20,
        ];
        var value = Pick(0u, 1u, 0x200u, 0x1000u, 0x7FFF_FFFFu, 0x8000_0000u, 0xFFFF_FFFFu, (uint)_random.Next(0x2000));
        var place = Pick(places);

        // Starts near 2^32 wrap around there (docs/differences.md).
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(place), place == section + 20 ? value & int.MaxValue : value);
        if (_random.Next(4) == 0)
        {
            file[PeBuilder.Signature + 6] = (byte)_random.Next(6);
        }
    }

    private void AddImports(string name, PeBuilder builder)
    {
        var parts = new List<string>();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var (library, cut) = Pick(("KERNEL32.dll", "kernel32"), ("a.b.dll", "a.b.dll"), ("Mixed.OCX", "mixed"), ("noext", "noext"), ("x.exe", "x.exe"));
            var functions = Enumerable.Range(0, _random.Next(1, 5))
                .Select(_ => _random.Next(4) == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"#{_random.Next(1, 600)}")
                    : string.Create(CultureInfo.InvariantCulture, $"Function_{_word++}"))
                .ToArray();
            builder.Import(library, functions);
            parts.AddRange(functions.Select(f => $"{cut}.{(f[0] == '#' ? "ord" + f[1..] : f.ToLowerInvariant())}"));
        }

        builder.Import("WS2_32.dll", "#115", "send");
        builder.Import("OLEAUT32.dll", "#2", "#999");
        parts.AddRange(["ws2_32.wsastartup", "ws2_32.send", "oleaut32.sysallocstring", "oleaut32.ord999"]);
        var text = Encoding.ASCII.GetBytes(string.Join(',', parts));
        var size = _random.Next(4) switch { 0 => "*", 1 => (text.Length + 1).ToString(CultureInfo.InvariantCulture), _ => text.Length.ToString(CultureInfo.InvariantCulture) };
        var digest = _random.Next(2) == 0 ? Md5(text) : SHA256.HashData(text);
        _imports.Append(CultureInfo.InvariantCulture, $"{Hex(digest)}:{size}:Case.Imp-{name}\n");
    }

    /// <summary>Digests of what may be sections, with sizes that may be right.</summary>
    private void AddSections(string name, byte[] file, PeBuilder builder)
    {
        for (var i = 0; i < 3; i++)
        {
            var entry = file.AsSpan(builder.SectionTable + (40 * i));
            var start = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]) / 0x200 * 0x200;
            var size = (BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]) + 0x1FFu) / 0x200 * 0x200;
            if (start >= file.Length || size == 0 || start < PeBuilder.HeadersSize)
            {
                continue;
            }

            var bytes = file[(int)start..(int)Math.Min(file.Length, start + (long)size)];
            var (stated, levels) = _random.Next(5) switch { 0 => ("*", ":73"), 1 => ($"{bytes.Length + 8}", ""), _ => ($"{bytes.Length}", "") };
            var digest = _random.Next(2) == 0 ? Md5(bytes) : SHA256.HashData(bytes);
            if (!_digests.Add(Hex(digest)))
            {
                // Of two entries with one digest the reference engine knows only one.
                continue;
            }

            _sections.Append(CultureInfo.InvariantCulture, $"{stated}:{Hex(digest)}:Case.Section{i}-{name}{levels}\n");
        }
    }

    private byte[] Elf()
    {
        var builder = new ElfBuilder
        {
            Is64Bit = _random.Next(2) == 0,
            IsBigEndian = _random.Next(2) == 0,
            EntryPoint = Pick<ulong>(0x10100, 0x10208, 0x10000, 0, 0x90000, 0x1F000),
            Body = Words(_random.Next(60, 150)),
        };
        for (var i = _random.Next(3); i > 0; i--)
        {
            builder.Segment(Pick<ulong>(0, 0x100, 0x208), Pick<ulong>(0x10000, 0x10200, 0x1F000), Pick<ulong>(0x200, 0x1000, 0));
        }

        for (var i = _random.Next(4); i > 0; i--)
        {
            builder.Section(Pick<ulong>(0x100, 0x208, 0x300, 0x9000), Pick<ulong>(0x80, 0x100, 0, 0x9000));
        }

        return builder.Build();
    }

    private byte[] MachO()
    {
        // The reference engine knows entry points of PowerPC only.
        var is64Bit = _random.Next(2) == 0;
        var state = new byte[is64Bit ? 38 * 8 : 160];
        state.AsSpan(is64Bit ? 6 : 2)[0] = 0x10;
        state.AsSpan(is64Bit ? 7 : 3)[0] = (byte)(8 * _random.Next(16));
        var builder = new MachOBuilder
        {
            Is64Bit = is64Bit,
            IsBigEndian = true,
            Processor = is64Bit ? 0x0100_0012u : 18,
            Thread = _random.Next(3) == 0 ? null : (1, state),
            Body = Words(_random.Next(130, 200)),
        };
        builder.Section(0x1000, 0x90, 0x300);
        for (var i = _random.Next(3); i > 0; i--)
        {
            builder.Section(
                Pick<ulong>(0x1090, 0x2000), Pick<ulong>(0x10, 0x93, 0x9000), Pick<uint>(0x308, 0x400, 0, 0x9000), Pick<uint>(0, 2, 4));
        }

        return builder.Build();
    }

    private void AddBodies(string name, int target, byte[] file)
    {
        for (var i = 0; i < 12; i++)
        {
            var at = _random.Next(file.Length / 8) * 8;
            var word = file.AsSpan(at, Math.Min(8, file.Length - at));
            if (word.Length < 8 || word[0] != '@')
            {
                continue;
            }

            var distance = Pick(0, 0, 8, 16, _random.Next(0x400), at);
            var shift = _random.Next(3) == 0 ? $",{Pick(0, 8, 0x40, 0x400, 0x10000)}" : "";
            var offset = _random.Next(8) switch
            {
                0 or 1 => $"EP+{distance}",
                2 => $"EP-{distance}",
                3 or 4 => $"S{_random.Next(4)}+{distance}",
                5 => $"SL+{distance}",
                _ => $"SE{_random.Next(4)}",
            };
            _bodies.Append(CultureInfo.InvariantCulture, $"Case.Body{i}-{name}:{target}:{offset}{shift}:{Hex(word)}\n");
        }
    }

    /// <summary>That many words, each unlike all others.</summary>
    private byte[] Words(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"@{_word++:x6}@");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

#pragma warning disable CA5351 // The signature formats are defined on this digest.
    private static byte[] Md5(byte[] data) => MD5.HashData(data);
#pragma warning restore CA5351
}
