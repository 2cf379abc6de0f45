using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Benchmarks.Peers;

/// <summary>
/// Hyperscan's interface, which Vectorscan has too: literals compiled into one block database. Its library reports every
/// occurrence; what is kept is the number of them and which literals occurred.
/// </summary>
internal sealed unsafe partial class Vectorscan : IDisposable
{
    public const string Library = "libhs.so.5";

    private const int Success = 0;
    private const uint ModeBlock = 1;

    private readonly int _literals;
    private nint _database;
    private nint _scratch;

    private Vectorscan(nint database, nint scratch, int literals)
    {
        _database = database;
        _scratch = scratch;
        _literals = literals;
    }

    public static bool IsInstalled(RunOptions options)
    {
        if (options.Without.Contains("vectorscan", StringComparer.Ordinal) || !NativeLibrary.TryLoad(Library, out var handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    /// <summary>Its version and the processor features that it uses.</summary>
    public string Description { get; private set; } = "";

    /// <summary>As expressions of escaped bytes: its interface for pure literals takes none that begin with zero.</summary>
    /// <exception cref="InvalidOperationException">The library refuses the set.</exception>
    public static Vectorscan Compile(IReadOnlyList<byte[]> literals)
    {
        var expressions = literals.Select(Expression).ToArray();
        var ids = Enumerable.Range(0, literals.Count).Select(i => (uint)i).ToArray();
        var flags = new uint[literals.Count];
        Require(CompileExpressions(expressions, flags, ids, (uint)literals.Count, ModeBlock, 0, out var database, out var error), error);
        Require(AllocateScratch(database, out var scratch), 0);
        Require(DatabaseInfo(database, out var info), 0);
        return new Vectorscan(database, scratch, literals.Count)
        {
            Description = Marshal.PtrToStringAnsi(info) ?? "",
        };
    }

    private static string Expression(byte[] literal)
    {
        var text = new StringBuilder(literal.Length * 4);
        foreach (var value in literal)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        return text.ToString();
    }

    /// <summary>Scans one block.</summary>
    /// <param name="seen">One entry a literal; set to 1 for each that occurs.</param>
    /// <returns>Occurrences.</returns>
    public long Scan(byte[] data, byte[] seen)
    {
        if (seen.Length != _literals)
        {
            throw new ArgumentException($"There are {_literals} literals.", nameof(seen));
        }

        fixed (byte* bytes = data, marks = seen)
        {
            var context = new Occurrences { Marks = marks };
            Require(ScanBlock(_database, bytes, (uint)data.Length, 0, _scratch, &OnMatch, &context), 0);
            return context.Count;
        }
    }

    public void Dispose()
    {
        _ = FreeScratch(_scratch);
        _ = FreeDatabase(_database);
        _scratch = _database = 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnMatch(uint id, ulong from, ulong to, uint flags, Occurrences* context)
    {
        context->Count++;
        context->Marks[id] = 1;
        return 0;
    }

    private static void Require(int result, nint error)
    {
        if (result != Success)
        {
            var message = error == 0 ? "" : Marshal.PtrToStringAnsi(Marshal.ReadIntPtr(error));
            throw new InvalidOperationException($"Vectorscan answered {result}: {message}");
        }
    }

    private struct Occurrences
    {
        public long Count;
        public byte* Marks;
    }

    [LibraryImport(Library, EntryPoint = "hs_compile_multi", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CompileExpressions(
        string[] expressions, uint[] flags, uint[] ids, uint elements, uint mode, nint platform, out nint database, out nint error);

    [LibraryImport(Library, EntryPoint = "hs_alloc_scratch")]
    private static partial int AllocateScratch(nint database, out nint scratch);

    [LibraryImport(Library, EntryPoint = "hs_database_info")]
    private static partial int DatabaseInfo(nint database, out nint info);

    [LibraryImport(Library, EntryPoint = "hs_scan")]
    private static partial int ScanBlock(
        nint database, byte* data, uint length, uint flags, nint scratch, delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, Occurrences*, int> onMatch, Occurrences* context);

    [LibraryImport(Library, EntryPoint = "hs_free_scratch")]
    private static partial int FreeScratch(nint scratch);

    [LibraryImport(Library, EntryPoint = "hs_free_database")]
    private static partial int FreeDatabase(nint database);
}
