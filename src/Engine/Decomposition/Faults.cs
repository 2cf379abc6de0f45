using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>Which code a fault of a reader is.</summary>
internal static class Faults
{
    /// <param name="damage">For damage that carries no code of its own.</param>
    /// <param name="unreadable">For bytes that could not be read back.</param>
    public static ScanCode CodeOf(Exception exception, ScanCode damage, ScanCode unreadable) => exception switch
    {
        ContainerException e => e.Code,
        ScratchException e => e.Code,
        ObjectReadException => unreadable,
        OutOfMemoryException => ScanCode.DecOutOfMemory,
        IOException or InvalidDataException => damage,
        _ => ScanCode.DecScanEngineException,
    };
}
