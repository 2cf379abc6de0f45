namespace Testing.ClamAv;

/// <summary>One version of a database as its publisher has it: the signature files, without licence and index.</summary>
public sealed class ClamAvRelease(string name, long version, params (string Name, byte[] Content)[] members)
{
    /// <summary>Such as <c>daily</c>.</summary>
    public string Name { get; } = name;

    public long Version { get; } = version;

    public IReadOnlyList<(string Name, byte[] Content)> Members { get; } = members;

    public int FunctionalityLevel { get; init; } = 90;

    public string Builder { get; init; } = "tester";

    /// <summary>The same version has the same time.</summary>
    public DateTimeOffset Created { get; init; } = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(version);
}
