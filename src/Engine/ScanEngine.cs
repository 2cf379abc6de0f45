using Engine.Images;

namespace Engine;

/// <summary>The hub: takes a lease on the active generation, walks the object, ranks the codes. Thread-safe.</summary>
public sealed class ScanEngine
{
    /// <param name="active">The swapped reference.</param>
    /// <param name="time">For elapsed time and deadlines.</param>
    /// <param name="scratchFolder">Where members that do not fit memory are spilled; created when needed.</param>
    public ScanEngine(ActiveImage active, TimeProvider time, string scratchFolder) => throw new NotImplementedException();

    /// <summary>Never throws for content: limits and damage are codes, and codes are never silently clean.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ScanResult Scan(ScanRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();
}
