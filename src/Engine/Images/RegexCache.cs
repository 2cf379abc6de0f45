using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// The regular expressions of an image, built when they are first needed and kept with it. The linear-time engine runs
/// what it can; the rest backtracks under a time limit. Thread-safe.
/// </summary>
internal sealed class RegexCache
{
    /// <summary>
    /// For one search of one buffer; longer is reported as not fully scanned, never as clean. All searches of an object
    /// that backtrack share <see cref="RegexAllowance"/>.
    /// </summary>
    public static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<uint, Regex> _built = new();

    /// <param name="subsignature">Index in the image.</param>
    /// <exception cref="ImageException">The expression is none.</exception>
    public Regex Get(uint subsignature, in RegexBlob blob) =>
        _built.TryGetValue(subsignature, out var regex) ? regex : _built.GetOrAdd(subsignature, Build(blob));

    /// <summary>Lets go of an expression; it is built anew when it is needed again.</summary>
    public void Forget(uint subsignature) => _built.TryRemove(subsignature, out _);

    private static Regex Build(in RegexBlob blob)
    {
        var modes = blob.Modes;
        var options = RegexOptions.CultureInvariant
            | (modes.HasFlag(RegexModes.IgnoreCase) ? RegexOptions.IgnoreCase : RegexOptions.None)
            | (modes.HasFlag(RegexModes.DotAll) ? RegexOptions.Singleline : RegexOptions.None)
            | (modes.HasFlag(RegexModes.Multiline) ? RegexOptions.Multiline : RegexOptions.None);
        var expression = blob.Expression();
        try
        {
            if (!modes.HasFlag(RegexModes.Backtracking))
            {
                try
                {
                    return new Regex(expression, options | RegexOptions.NonBacktracking, MatchLimit);
                }
                catch (NotSupportedException)
                {
                    // Too large for the linear-time engine.
                }
            }

            return new Regex(expression, options, MatchLimit);
        }
        catch (ArgumentException e)
        {
            throw new ImageException(ImageFault.Damaged, "The image is damaged: a regular expression is none.", e);
        }
    }
}
