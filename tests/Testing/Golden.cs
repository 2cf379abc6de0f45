using System.Text;

namespace Testing;

/// <summary>Expected output kept in a file beside its input. <c>UPDATER_GOLDEN=write</c> rewrites the file instead.</summary>
public static class Golden
{
    private const string Switch = "UPDATER_GOLDEN";

    /// <summary>Compares the text with the file, or writes the file when the environment says so.</summary>
    /// <exception cref="GoldenException">The texts differ; the message shows where.</exception>
    public static void Check(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable(Switch) == "write")
        {
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            throw new GoldenException($"{path} differs ({Switch}=write rewrites it):\n{Difference(expected, actual)}");
        }
    }

    /// <summary>Line by line: <c>-</c> expected, <c>+</c> actual, equal lines at both ends left out.</summary>
    public static string Difference(string expected, string actual)
    {
        var old = expected.Split('\n');
        var now = actual.Split('\n');
        var shorter = Math.Min(old.Length, now.Length);
        var head = 0;
        while (head < shorter && old[head] == now[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < shorter - head && old[^(tail + 1)] == now[^(tail + 1)])
        {
            tail++;
        }

        var text = new StringBuilder();
        foreach (var line in old[head..^tail])
        {
            text.Append('-').AppendLine(line);
        }

        foreach (var line in now[head..^tail])
        {
            text.Append('+').AppendLine(line);
        }

        return text.Insert(0, $"@@ line {head + 1}\n").ToString();
    }
}

/// <summary>Output differs from its golden file.</summary>
public sealed class GoldenException(string message) : Exception(message);
