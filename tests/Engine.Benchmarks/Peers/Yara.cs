using System.Globalization;
using System.Text;
using Engine.Benchmarks.Measuring;

namespace Engine.Benchmarks.Peers;

/// <summary>YARA with one rule a literal, compiled once by its own compiler.</summary>
internal sealed class Yara : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("yara-");
    private readonly string _program;

    private Yara(string program) => _program = program;

    public double CompileSeconds { get; private set; }

    private string Compiled => Path.Combine(_folder.FullName, "rules.yarc");

    /// <summary>Null when it is not installed.</summary>
    public static Yara? Compile(IReadOnlyList<byte[]> literals, RunOptions options)
    {
        if (Tool.Find("yara", options) is not { } program || Tool.Find("yarac", options) is not { } compiler)
        {
            return null;
        }

        var yara = new Yara(program);
        var source = Path.Combine(yara._folder.FullName, "rules.yar");
        var text = new StringBuilder();
        for (var i = 0; i < literals.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"rule r{i} {{ strings: $a = {{ {Convert.ToHexStringLower(literals[i])} }} condition: $a }}\n");
        }

        File.WriteAllText(source, text.ToString());
        yara.CompileSeconds = CommandRun.Of(compiler, ["-w", source, yara.Compiled]).Require(0).Seconds;
        return yara;
    }

    /// <returns>Rules that match.</returns>
    public int Scan(string path) => CommandRun.Of(_program, ["-C", "-w", "-a", "600", Compiled, path]).Require(0)
        .Output.Count(c => c == '\n');

    public void Dispose() => _folder.Delete(recursive: true);

}
