using System.Runtime.InteropServices;
using System.Text;
using Engine.Matching;

namespace Engine.Tests.Matching;

/// <summary>Every kernel of the machine against a test of one gram after the other, written without the kernels' code.</summary>
public sealed class FilterKernelTests
{
    private static readonly string[] _shapes = ["random", "zeros", "text", "records"];

    public static TheoryData<string> Kernels => [.. FilterKernel.All.Select(k => k.Name)];

    [Fact]
    public void The_scalar_kernel_is_there_on_every_machine() => Assert.Equal("Scalar", FilterKernel.All[0].Name);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Finds_what_a_plain_loop_finds_in_buffers_of_every_small_length(string kernel)
    {
        var random = new Random(1);
        var passed = 0;
        foreach (var pass in FilterPasses.All)
        {
            for (var length = 0; length <= 200; length++)
            {
                var window = Data(random, _shapes[length % _shapes.Length], length);
                passed += AssertEqual(kernel, pass, window, random.Next(8), length, RandomFilter(random, random.Next(1, 10), 3));
            }
        }

        Assert.InRange(passed, 1000, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Finds_what_a_plain_loop_finds_from_every_alignment_to_every_end(string kernel)
    {
        var random = new Random(2);
        var passed = 0;
        foreach (var pass in FilterPasses.All)
        {
            foreach (var shape in _shapes)
            {
                var window = Data(random, shape, 700);
                for (var start = 0; start < 72; start++)
                {
                    passed += AssertEqual(kernel, pass, window, start, random.Next(500, 701), RandomFilter(random, 8, 2));
                }
            }
        }

        Assert.InRange(passed, 1000, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Finds_what_a_plain_loop_finds_in_large_buffers_and_filters(string kernel)
    {
        var random = new Random(3);
        foreach (var pass in FilterPasses.All)
        {
            foreach (var shape in _shapes)
            {
                AssertEqual(kernel, pass, Data(random, shape, 60_000), 0, 60_000, RandomFilter(random, 15, 4));
            }
        }
    }

    /// <summary>A page that cannot be read follows the window: a kernel that reads on ends the process.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Reads_nothing_behind_the_window(string kernel)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Guarded pages are set up by Linux calls.");
        var page = Environment.SystemPageSize;
        var pages = Map(0, (nuint)(2 * page), 3, 0x22, -1, 0);
        Assert.NotEqual(-1, pages);
        try
        {
            Assert.Equal(0, Protect(pages + page, (nuint)page, 0));
            var random = new Random(4);
            for (var length = 0; length < 300; length++)
            {
                foreach (var pass in FilterPasses.All)
                {
                    AssertEqual(kernel, pass, GuardedWindow(pages + page - length, length, random), 0, length, RandomFilter(random, 8, 2));
                }
            }
        }
        finally
        {
            Assert.Equal(0, Unmap(pages, (nuint)(2 * page)));
        }
    }

    private static unsafe ReadOnlySpan<byte> GuardedWindow(nint start, int length, Random random)
    {
        var window = new Span<byte>((void*)start, length);
        random.NextBytes(window);
        return window;
    }

    private static int AssertEqual(string kernel, FilterPass pass, ReadOnlySpan<byte> window, int start, int end, uint[] filter)
    {
        var log2 = (int)Math.Log2(filter.Length);
        end = Math.Min(end, window.Length - FilterPasses.LeastLength(pass) + 1);
        var passed = new ushort[Math.Max(0, end - start) + 1];
        var count = FilterKernel.All.Single(k => k.Name == kernel).Pass(pass, window, start, end, filter, log2, passed);
        var expected = Expected(pass, window, start, end, filter, log2);
        Assert.Equal(expected, passed[..count].Select(p => start + p));
        return count;
    }

    private static List<int> Expected(FilterPass pass, ReadOnlySpan<byte> window, int start, int end, uint[] filter, int log2)
    {
        var found = new List<int>();
        for (var at = start; at < end; at += pass switch { FilterPass.Long or FilterPass.Medium => 2, FilterPass.Short => 1 })
        {
            var gram = new byte[8];
            window[at..Math.Min(window.Length, at + 8)].CopyTo(gram);
            var low = BitConverter.ToUInt32(gram) | 0x2020_2020;
            var last = BitConverter.ToUInt32(gram, 3) | 0x2020_2020;
            var hash = pass switch
            {
                FilterPass.Long => (low * 0x9E37_79B1) + (last * 0xC2B2_AE3D),
                FilterPass.Medium => low * 0x9E37_79B1,
                FilterPass.Short => (low << 8) * 0x9E37_79B1,
            };
            var bits = hash * 0x85EB_CA77;
            var word = filter[hash >> (32 - log2)];
            var isSet = (uint shift) => (word & (0x8000_0000 >> (int)((bits >> (int)shift) & 31))) != 0;
            if (isSet(27) && isSet(22) && isSet(17))
            {
                found.Add(at);
            }
        }

        return found;
    }

    /// <summary>Each bit set with a chance of 1 in <paramref name="rarity"/>.</summary>
    private static uint[] RandomFilter(Random random, int log2, int rarity)
    {
        var filter = new uint[1 << log2];
        for (var bit = 0; bit < filter.Length * 32; bit++)
        {
            filter[bit >> 5] |= random.Next(rarity) == 0 ? 1u << (bit & 31) : 0;
        }

        return filter;
    }

    private static byte[] Data(Random random, string shape, int length)
    {
        var data = new byte[length];
        switch (shape)
        {
            case "random":
                random.NextBytes(data);
                break;
            case "text":
                Encoding.ASCII.GetBytes(new string(random.GetItems("etaoin ETAOIN\n".ToCharArray(), length))).CopyTo(data, 0);
                break;
            case "records":
                for (var i = 0; i < length; i++)
                {
                    data[i] = (byte)(i % 24 < 8 ? i / 24 : i % 24 == 8 ? 0xFF : 0);
                }

                break;
        }

        return data;
    }

    [DllImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(nint address, nuint length);
}
