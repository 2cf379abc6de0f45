using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>What a part of a condition is before it is compared.</summary>
internal abstract record YaraValue(YaraToken At);

/// <summary>True or false; null = the constant.</summary>
internal sealed record YaraTruth(YaraToken At, LogicalExpression? Expression, bool Constant) : YaraValue(At);

/// <summary>A number that is known when the rule is read.</summary>
internal sealed record YaraNumber(YaraToken At, long Number) : YaraValue(At);

/// <summary><c>#a</c>, plus a number.</summary>
internal sealed record YaraCount(YaraToken At, YaraString Text, long Plus) : YaraValue(At);

/// <summary><c>@a[1]</c>: where the first match begins.</summary>
internal sealed record YaraFirst(YaraToken At, YaraString Text) : YaraValue(At);

internal sealed record YaraFileSize(YaraToken At) : YaraValue(At);

/// <summary><c>uint16(n)</c> and its like.</summary>
internal sealed record YaraNumberAt(YaraToken At, long Offset, int Width, bool IsSigned) : YaraValue(At);
