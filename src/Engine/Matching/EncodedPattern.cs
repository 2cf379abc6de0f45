using Definitions.Signatures;

namespace Engine.Matching;

/// <summary>A pattern as a body record (<see cref="BodyRecord"/>) that lacks its ids and its anchor.</summary>
/// <param name="Record">Signature, flags, anchor and users are 0 in it.</param>
/// <param name="Runs">In the order of the parts, never empty.</param>
/// <param name="IsDormant">No bytes can make it match.</param>
internal readonly record struct EncodedPattern(
    ReadOnlyMemory<byte> Record, FixedRun[] Runs, int Target, SignatureOffset Offset, bool IsDormant);
