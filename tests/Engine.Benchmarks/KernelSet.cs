using System.Text;
using Definitions;
using Engine.Images;
using Testing;

namespace Engine.Benchmarks;

/// <summary>What the runs of the patterns are like.</summary>
internal enum KernelShape
{
    /// <summary>Literals of 20 to 60 random bytes, as the published shape of real sets has them.</summary>
    Random,

    /// <summary>Literals of 20 to 60 bytes that nearly match benign files: see <see cref="KernelSet"/>.</summary>
    Long,

    /// <summary>The same, but one in eight is split at every 5 to 14 bytes.</summary>
    Mixed,
}

/// <summary>
/// Images of patterns as they come: a third random bytes, a third pieces of programs, a third words and names; the latter two
/// with three bytes changed, so that they nearly match what benign files hold.
/// </summary>
internal sealed class KernelSet : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<byte[]> _planted = [];

    /// <param name="images">Among which the patterns are dealt out.</param>
    public KernelSet(int patterns, KernelShape shape, byte[] programs, int images = 1)
    {
        (Patterns, Shape) = (patterns, shape);
        var random = new Random(20261122 + patterns);
        var lines = Enumerable.Range(0, images).Select(_ => new StringBuilder()).ToArray();
        for (var i = 0; i < patterns; i++)
        {
            var literal = Literal(random, shape == KernelShape.Random ? [] : programs);
            var isSplit = shape == KernelShape.Mixed && i % 8 == 0;
            lines[i % images].Append("Win.Synthetic.Kernel-").Append(i).Append("-0:0:*:").Append(isSplit ? Split(literal, random) : Convert.ToHexStringLower(literal)).Append('\n');
            if (i % (patterns / 50) == 0)
            {
                _planted.Add(literal);
            }
        }

        Set = ImageSet.Open([.. lines.Select((text, image) => Compile($"s{image}", text.ToString()))]);
    }

    public int Patterns { get; }

    public KernelShape Shape { get; }

    public ImageSet Set { get; }

    /// <summary>Patterns that <see cref="Plant"/> puts into a buffer.</summary>
    public int Planted => _planted.Count;

    /// <summary>A copy of the data with all planted patterns in it.</summary>
    public byte[] Plant(byte[] data)
    {
        var copy = (byte[])data.Clone();
        for (var i = 0; i < _planted.Count; i++)
        {
            _planted[i].CopyTo(copy, (i + 1) * (copy.Length / (_planted.Count + 2)));
        }

        return copy;
    }

    public void Dispose()
    {
        Set.Dispose();
        _folder.Dispose();
    }

    private string Compile(string name, string lines)
    {
        var package = new PackageId(name, new DefinitionsVersion(new DateOnly(2026, 11, 22), 1));
        var request = new CompileRequest { Inputs = [new CompileInput(package, true, false, [_folder.Write(name + ".ndb", lines)])] };
        var path = _folder.Path(name + ".image");
        ImageCompiler.Compile(request, path, CancellationToken.None);
        return path;
    }

    private static byte[] Literal(Random random, byte[] programs)
    {
        var literal = new byte[random.Next(20, 61)];
        switch (programs.Length == 0 ? 0 : random.Next(3))
        {
            case 0:
                random.NextBytes(literal);
                return literal;
            case 1:
                // Where nearly all is one value there is nothing to recognise; real sets hold no such bodies either.
                do
                {
                    programs.AsSpan(random.Next(programs.Length - literal.Length), literal.Length).CopyTo(literal);
                }
                while (literal.Distinct().Count() < 8);
                break;
            default:
                for (var at = 0; at < literal.Length;)
                {
                    var word = random.Next(3) == 0 ? _words[random.Next(_words.Length)] : Name(random);
                    var count = Math.Min(word.Length, literal.Length - at);
                    word.AsSpan(0, count).CopyTo(literal.AsSpan(at));
                    at += count;
                }

                break;
        }

        for (var i = 0; i < 3; i++)
        {
            literal[random.Next(literal.Length)] = (byte)random.Next(256);
        }

        return literal;
    }

    /// <summary>What programs call their own things.</summary>
    private static byte[] Name(Random random)
    {
        var name = random.GetItems("eeeetttaaaooiinnssrrhhlddcummffpgwybvkxjqz"u8.ToArray(), random.Next(3, 10));
        name[0] = random.Next(2) == 0 ? (byte)(name[0] & 0xDF) : name[0];
        return random.Next(4) == 0 ? [.. name, (byte)random.Next('0', '9' + 1)] : name;
    }

    private static string Split(byte[] literal, Random random)
    {
        var text = new StringBuilder();
        for (var at = 0; at < literal.Length;)
        {
            var count = Math.Min(random.Next(5, 15), literal.Length - at);
            text.Append(Convert.ToHexStringLower(literal.AsSpan(at, count)));
            at += count;
            if (at < literal.Length)
            {
                text.Append("??");
                at++;
            }
        }

        return text.ToString();
    }

    private static readonly byte[][] _words =
    [
        .. """
           LoadLibraryA GetProcAddress CreateRemoteThread VirtualAlloc WriteProcessMemory http:// https:// .exe .dll Software\Microsoft\Windows
           CurrentVersion \Run User-Agent: Mozilla/5.0 function var eval( unescape( document.write( String.fromCharCode( password login
           cmd.exe /c powershell -enc the and of to with for this from return null void char kernel32 advapi32 ws2_32 connect socket
           """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(Encoding.ASCII.GetBytes),
    ];
}
