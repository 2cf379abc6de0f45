using System.Globalization;
using System.Text;

namespace Testing.ClamAv;

/// <summary>Makes patch scripts (clamav-formats.md §2.2) between two sets of files.</summary>
public static class ClamAvScript
{
    /// <summary>Lines are exchanged place by place, left-over ones deleted or added: correct for all files, short for few.</summary>
    public static string Between(
        IReadOnlyList<(string Name, byte[] Content)> from, IReadOnlyList<(string Name, byte[] Content)> to)
    {
        var script = new StringBuilder("#made by tests\n");
        var old = from.ToDictionary(file => file.Name, file => Lines(file.Content), StringComparer.Ordinal);
        foreach (var (name, content) in to)
        {
            Edit(script, name, old.GetValueOrDefault(name, []), Lines(content));
        }

        foreach (var gone in from.Select(file => file.Name).Except(to.Select(file => file.Name)))
        {
            script.Append(CultureInfo.InvariantCulture, $"UNLINK {gone}\n");
        }

        return script.ToString();
    }

    /// <summary>At most 16 characters, cut at the first space.</summary>
    public static string Prefix(string line) => line[..Math.Min(16, line.Length)].Split(' ')[0];

    private static void Edit(StringBuilder script, string name, string[] old, string[] lines)
    {
        if (old.SequenceEqual(lines))
        {
            return;
        }

        script.Append(CultureInfo.InvariantCulture, $"OPEN {name}\n");
        for (var i = 0; i < Math.Max(old.Length, lines.Length); i++)
        {
            if (i >= old.Length)
            {
                script.Append(CultureInfo.InvariantCulture, $"ADD {lines[i]}\n");
            }
            else if (i >= lines.Length)
            {
                script.Append(CultureInfo.InvariantCulture, $"DEL {i + 1} {Prefix(old[i])}\n");
            }
            else if (old[i] != lines[i])
            {
                script.Append(CultureInfo.InvariantCulture, $"XCHG {i + 1} {Prefix(old[i])} {lines[i]}\n");
            }
        }

        script.Append("CLOSE\n");
    }

    private static string[] Lines(byte[] content) =>
        Encoding.Latin1.GetString(content).Split('\n', StringSplitOptions.None)[..^1];
}
