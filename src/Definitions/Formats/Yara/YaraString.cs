namespace Definitions.Formats.Yara;

/// <summary>A string of a rule.</summary>
/// <param name="Id">With its <c>$</c>; an anonymous one has a made-up one that no rule can write.</param>
/// <param name="At">Where it is defined.</param>
/// <param name="Body">
/// Hexadecimal text in the grammar of body signatures with the options of a subsignature behind it
/// (<c>414141::i</c>), or an expression between slashes with its flags.
/// </param>
/// <param name="IsRegex">True for the latter.</param>
/// <param name="IsHex">True when it was written as a hex string: then a fault in it takes the whole set down there.</param>
internal sealed record YaraString(string Id, YaraToken At, string Body, bool IsRegex, bool IsHex)
{
    /// <summary>Why the rule is left out once all is read; null = no reason.</summary>
    public YaraException? Fault { get; init; }
}
