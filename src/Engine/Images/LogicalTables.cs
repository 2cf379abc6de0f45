namespace Engine.Images;

/// <summary>The sections of logical signatures, located and checked against each other.</summary>
internal sealed class LogicalTables
{
    private readonly Section[] _always = new Section[ImageTables.Targets];

    public static LogicalTables Empty { get; } = new();

    public Section Records { get; private init; }

    public Section Subsignatures { get; private init; }

    public Section Code { get; private init; }

    public Section BodyUsers { get; private init; }

    public Section MacroMembers { get; private init; }

    public Section FuzzyHashes { get; private init; }

    /// <summary>Signatures of a target that can be true without any occurrence.</summary>
    public Section Always(int target) => _always[target];

    /// <exception cref="ImageException">Sections that belong together do not fit each other.</exception>
    public static LogicalTables Locate(SectionDirectory directory)
    {
        var tables = new LogicalTables
        {
            Records = directory.Find(SectionKind.Logical),
            Subsignatures = directory.Find(SectionKind.Subsignatures),
            Code = directory.Find(SectionKind.LogicalCode),
            BodyUsers = directory.Find(SectionKind.BodyUsers),
            MacroMembers = directory.Find(SectionKind.MacroMembers),
            FuzzyHashes = directory.Find(SectionKind.FuzzyHashes),
        };
        ImageTables.Expect(tables.Records.Length == 16L * tables.Records.Count, "logical signatures");
        ImageTables.Expect(tables.Subsignatures.Length == 12L * tables.Subsignatures.Count, "subsignatures");
        ImageTables.Expect(tables.BodyUsers.Length % 4 == 0, "users of bodies");
        ImageTables.Expect(tables.MacroMembers.Length % 8 == 0, "macro groups");
        ImageTables.Expect(tables.FuzzyHashes.Length % 12 == 0, "image hashes");
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            tables._always[target] = directory.Find(SectionKind.LogicalAlways, (uint)target);
            ImageTables.Expect(tables._always[target].Length % 4 == 0, "logical signatures");
        }

        return tables;
    }
}
