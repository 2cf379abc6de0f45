using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>What a part of a condition is before it is compared.</summary>
internal abstract record YaraValue(YaraToken At);

/// <summary>True or false; null = the constant.</summary>
internal sealed record YaraTruth(YaraToken At, LogicalExpression? Expression, bool Constant) : YaraValue(At);

/// <summary>A number that is known when the rule is read.</summary>
internal sealed record YaraNumber(YaraToken At, long Number) : YaraValue(At);

/// <summary><c>#a</c>, or <c>#a in (n..m)</c>, plus a number.</summary>
/// <param name="Place">Where the matches begin that count.</param>
internal sealed record YaraCount(YaraToken At, YaraString Text, YaraPlace Place, long Plus) : YaraValue(At);

/// <summary><c>@a[1]</c>: where the first match begins.</summary>
internal sealed record YaraFirst(YaraToken At, YaraString Text) : YaraValue(At);

/// <summary><c>filesize</c>, plus a number.</summary>
internal sealed record YaraFileSize(YaraToken At, long Plus) : YaraValue(At);

/// <summary><c>entrypoint</c>, plus a number: a place, in an executable only.</summary>
internal sealed record YaraEntryPoint(YaraToken At, long Plus) : YaraValue(At);

/// <summary>A number that is reckoned while scanning.</summary>
internal sealed record YaraFormula(YaraToken At, Formula Formula) : YaraValue(At);

/// <summary><c>uint16(n)</c> and its like, at a place that is known.</summary>
/// <param name="IsBig">True: the high byte comes first (<c>uint16be</c>).</param>
internal sealed record YaraNumberAt(YaraToken At, long Offset, int Width, bool IsSigned, bool IsBig) : YaraValue(At);
