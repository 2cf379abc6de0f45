using Definitions;

namespace Updater.Store;

/// <summary>The compiled image of one package of a generation. Generations with the same package share it (M-315).</summary>
/// <param name="Package">Name of the package.</param>
/// <param name="Digest">SHA-256 of the file, which is also its name.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Key">Of everything that decided its content: equal keys need not be compiled twice.</param>
/// <param name="LeftOut">One line about what it was made without; null = all are in.</param>
internal sealed record GenerationImage(string Package, Digest Digest, long Bytes, Digest Key, string? LeftOut);
