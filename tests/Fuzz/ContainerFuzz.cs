using Engine;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Objects;
using Engine.Verdicts;

namespace Fuzz;

/// <summary>Opens whatever the bytes are taken for; nothing may escape, whatever they are.</summary>
internal static class ContainerFuzz
{
    private static readonly ScanProfile Profile = ScanProfile.Default with
    {
        MaxExtractSize = 1 << 20,
        MaxCumulativeExtractSize = 4 << 20,
        MaxFileCount = 200,
        MaxExtractTime = TimeSpan.FromSeconds(10),
    };

    /// <summary>The codes that the walk leaves.</summary>
    public static IReadOnlyList<NodeCode> Run(ReadOnlySpan<byte> bytes) => Walk(bytes, TypeDetector.Detect(bytes));

    /// <summary>The same with the type given, as a container's declaration would.</summary>
    public static IReadOnlyList<NodeCode> Walk(ReadOnlySpan<byte> bytes, ObjectType type)
    {
        using var content = new MemoryContent(bytes.ToArray());
        var ledger = new CodeLedger("fuzz");
        var budget = new Budget(Profile, TimeProvider.System, CancellationToken.None);
        new Decomposer(Profile, budget, ledger, new ScratchFolder(Path.GetTempPath()), Containers.Open)
            .Walk(Node.Root("fuzz", type, content), static _ => true);
        return ledger.ToSorted();
    }
}
