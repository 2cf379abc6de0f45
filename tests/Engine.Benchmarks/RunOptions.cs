using System.Globalization;

namespace Engine.Benchmarks;

/// <summary>Command line of the evidence commands; every value has a default.</summary>
internal sealed class RunOptions
{
    /// <summary>Size of the sets and inputs, 1 = that of public databases.</summary>
    public double Scale { get; private init; } = 1;

    public int Seed { get; private init; } = 1;

    /// <summary>Repetitions of each timed thing; the median counts.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>Where <c>generate</c> writes.</summary>
    public string? Output { get; private init; }

    /// <summary>Corpora, sets and images that later runs take from here.</summary>
    public string Cache { get; private init; } = Path.Combine(Path.GetTempPath(), "updater-benchmarks");

    /// <summary>The built program; null = the newest found below the artifacts folder.</summary>
    public string? Updater { get; private init; }

    /// <summary>Peers that are left out, by name.</summary>
    public IReadOnlyList<string> Without { get; private init; } = [];

    /// <summary>True: processor time instead of wall time, for machines that others use too.</summary>
    public bool IsProcessorClock { get; private init; }

    /// <summary>Words that belong to no option.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>Null, with a line on standard error, when an option is unknown or its value unusable.</summary>
    public static RunOptions? TryParse(IReadOnlyList<string> arguments)
    {
        try
        {
            return Parse(arguments);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            Console.Error.WriteLine(e.Message);
            return null;
        }
    }

    private static RunOptions Parse(IReadOnlyList<string> arguments)
    {
        var words = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] known = ["--scale", "--seed", "--rounds", "--output", "--cache", "--updater", "--without", "--clock"];
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(arguments[i]);
            }
            else if (!known.Contains(arguments[i], StringComparer.Ordinal) || i + 1 == arguments.Count)
            {
                throw new ArgumentException($"'{arguments[i]}' is no option with a value; options are {string.Join(' ', known)}.", nameof(arguments));
            }
            else
            {
                values[arguments[i]] = arguments[++i];
            }
        }

        var defaults = new RunOptions();
        return new RunOptions
        {
            Scale = values.TryGetValue("--scale", out var scale) ? double.Parse(scale, CultureInfo.InvariantCulture) : defaults.Scale,
            Seed = values.TryGetValue("--seed", out var seed) ? int.Parse(seed, CultureInfo.InvariantCulture) : defaults.Seed,
            Rounds = values.TryGetValue("--rounds", out var rounds) ? int.Parse(rounds, CultureInfo.InvariantCulture) : defaults.Rounds,
            Output = values.GetValueOrDefault("--output"),
            Cache = Path.GetFullPath(values.GetValueOrDefault("--cache", defaults.Cache)),
            Updater = values.GetValueOrDefault("--updater"),
            Without = values.GetValueOrDefault("--without", "").Split(',', StringSplitOptions.RemoveEmptyEntries),
            IsProcessorClock = values.GetValueOrDefault("--clock", "wall") switch
            {
                "cpu" => true,
                "wall" => false,
                var other => throw new ArgumentException($"--clock is cpu or wall, not '{other}'.", nameof(arguments)),
            },
            Words = words,
        };
    }

    /// <summary>A count of public databases at this scale, at least <paramref name="least"/>.</summary>
    public int Scaled(int count, int least = 1) => Math.Max(least, (int)(count * Math.Min(1, Scale)));
}
