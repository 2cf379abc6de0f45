namespace Engine.Benchmarks.Generation;

/// <summary>
/// Signatures of each kind in a synthetic set. <see cref="Published"/> has the counts of the vendor's two large public
/// databases together (clamav-formats.md §7).
/// </summary>
/// <param name="SectionDigests">Lines of <c>.mdb</c>: MD5 of PE sections.</param>
/// <param name="Md5Digests">Lines of <c>.hdb</c>.</param>
/// <param name="Sha256Digests">Lines of <c>.hsb</c>.</param>
/// <param name="Bodies">Lines of <c>.ndb</c>.</param>
/// <param name="Logical">Lines of <c>.ldb</c>, about four subsignatures each.</param>
internal sealed record DatabaseShape(int SectionDigests, int Md5Digests, int Sha256Digests, int Bodies, int Logical)
{
    public static DatabaseShape Published { get; } = new(4_058_809, 82_210, 2_358_981, 100_000, 60_000);

    public static DatabaseShape BodiesOnly(int bodies) => new(0, 0, 0, bodies, 0);

    /// <summary>Two thirds MD5 of sections and files, one third SHA-256, as published.</summary>
    public static DatabaseShape DigestsOnly(int digests) =>
        new((int)(digests * 0.62), digests - (int)(digests * 0.62) - (int)(digests * 0.36), (int)(digests * 0.36), 0, 0);

    /// <summary>Bodies and logical signatures as in public sets, without digests.</summary>
    public static DatabaseShape PatternsOnly(double scale) =>
        new(0, 0, 0, Scaled(Published.Bodies, scale), Scaled(Published.Logical, scale));

    public int Total => SectionDigests + Md5Digests + Sha256Digests + Bodies + Logical;

    public DatabaseShape Scale(double scale) => new(
        Scaled(SectionDigests, scale), Scaled(Md5Digests, scale), Scaled(Sha256Digests, scale), Scaled(Bodies, scale), Scaled(Logical, scale));

    private static int Scaled(int count, double scale) => (int)Math.Round(count * scale);
}
