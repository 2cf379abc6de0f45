using Definitions.Formats.ClamAv.Containers;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Cdiff;

/// <summary>Patches on an unpacked database: the publisher's result, or nothing at all.</summary>
public sealed class CdiffApplierTests : IDisposable
{
    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_patch_leads_to_the_publishers_next_version()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var patched = Apply(OpenPatch(Publisher.Cdiff(First, Second)), database);
        Assert.Equal((6L, ContainerKind.Cld, database.Folder), (patched.Header.Version, patched.Kind, patched.Folder));
        Assert.Equal(Content(_harness.Unpack(Publisher.Cvd(Second)).Folder), Content(patched.Folder));
        var written = new MemoryStream();
        ContainerWriter.WriteCld(patched, written);
        Assert.Equal(Publisher.Cld(Second), written.ToArray());
    }
}
