using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Objects;
using Engine.Verdicts;

namespace Engine.Tests.Decomposition;

/// <summary>An object's tree as the decomposer showed it.</summary>
internal sealed class Decomposed
{
    private const int KeptBytes = 1 << 20;

    private Decomposed(List<SeenNode> nodes, IReadOnlyList<NodeCode> codes)
    {
        Nodes = nodes;
        Codes = codes;
    }

    public List<SeenNode> Nodes { get; }

    public IReadOnlyList<NodeCode> Codes { get; }

    public ScanStatus Status => CodeRanking.Status(Codes.Select(c => c.Code));

    /// <summary>All paths in the order of the visits, joined with a comma.</summary>
    public string Paths => string.Join(',', Nodes.Select(n => n.Path));

    public static Decomposed Of(
        byte[] bytes, string name = "object", ScanProfile? profile = null, TimeProvider? time = null,
        Func<Node, bool>? visit = null, Func<ObjectType, ReaderContext, IContainerReader>? open = null)
    {
        using var content = new MemoryContent(bytes);
        return Of(content, name, profile, time, visit, open);
    }

    public static Decomposed Of(
        ObjectContent content, string name = "object", ScanProfile? profile = null, TimeProvider? time = null,
        Func<Node, bool>? visit = null, Func<ObjectType, ReaderContext, IContainerReader>? open = null,
        string? scratch = null)
    {
        profile ??= ScanProfile.Default;
        var nodes = new List<SeenNode>();
        var ledger = new CodeLedger(name);
        var budget = new Budget(profile, time ?? TimeProvider.System, CancellationToken.None);
        var decomposer = new Decomposer(
            profile, budget, ledger, new ScratchFolder(scratch ?? Path.GetTempPath()), open ?? Containers.Open);
        var root = Node.Root(name, TypeDetector.Detect(content), content);
        decomposer.Walk(root, node =>
        {
            nodes.Add(new SeenNode(node.Path, node.Type, node.Content.Length, Head(node.Content)));
            return visit?.Invoke(node) ?? true;
        });
        Assert.Equal(nodes.Count, decomposer.Nodes);
        Assert.Equal(0, budget.Memory.HeldBytes);
        return new Decomposed(nodes, ledger.ToSorted());
    }

    public bool Has(ScanCode code) => Codes.Any(c => c.Code == code);

    public bool Has(ScanCode code, string node) => Codes.Any(c => c.Code == code && c.Node == node);

    /// <summary>True when a node other than the root holds the bytes.</summary>
    public bool Shows(ReadOnlySpan<byte> bytes)
    {
        foreach (var node in Nodes.Skip(1))
        {
            if (node.Bytes.AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Clean means complete: no code but information.</summary>
    public void AssertClean() => Assert.DoesNotContain(Codes, c => c.Code.Class() != ScanCodeClass.Information);

    private static byte[] Head(ObjectContent content) =>
        content.Window(0, (int)Math.Min(KeptBytes, content.Length)).ToArray();
}

internal sealed record SeenNode(string Path, ObjectType Type, long Length, byte[] Bytes);
