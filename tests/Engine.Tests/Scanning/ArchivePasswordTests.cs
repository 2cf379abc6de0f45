using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Passwords of <c>.pwdb</c>: the multi-file vector of clamav-formats.md §8.</summary>
public sealed class ArchivePasswordTests : IDisposable
{
    private const string Body = "B:0:*:414243444546\n";

    private readonly TempFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("p;Engine:81-255;0;secret")]
    [InlineData("p;Engine:81-255;1;736563726574")]
    [InlineData("p;Engine:81-255;0;wrong\np;Engine:81-255;0;secret")]
    [InlineData("p;Engine:81-255,Container:CL_TYPE_ZIP,Target:1;0;secret")]
    [InlineData("p;Engine:300-400;0;never\np;Engine:81-255;0;secret")]
    public void The_member_is_scanned_and_not_reported_as_encrypted(string passwords)
    {
        using var engine = Engine(passwords);
        var result = engine.Scan(MemberSignatureTests.EncryptedZip, "a.zip", allMatches: true);
        var match = Assert.Single(result.Matches);
        Assert.Equal(("B", "a.zip!m1.exe"), (match.Signature, match.Node));
        Assert.DoesNotContain(result.Codes, code => code.Code == ScanCode.DecEncryptedContainerChildDetected);
    }

    [Theory]
    [InlineData("p;Engine:81-255;0;wrong")]
    [InlineData("p;Engine:81-255,Container:CL_TYPE_RAR;0;secret")]
    [InlineData("p;Engine:81-255;0;")]
    public void Without_the_right_one_the_member_stays_encrypted(string passwords)
    {
        using var engine = Engine(passwords);
        var result = engine.Scan(MemberSignatureTests.EncryptedZip, "a.zip", allMatches: true);
        Assert.Empty(result.Matches);
        Assert.Contains(result.Codes, code => code.Code == ScanCode.DecEncryptedContainerChildDetected && code.Node == "a.zip!m1.exe");
    }

    [Fact]
    public void A_damaged_member_is_not_taken_for_decrypted()
    {
        var zip = MemberSignatureTests.EncryptedZip.ToArray();
        zip[90] ^= 1;
        using var engine = Engine("p;Engine:81-255;0;secret");
        var result = engine.Scan(zip, "a.zip", allMatches: true);
        Assert.Empty(result.Matches);
        Assert.Contains(result.Codes, code => code.Code == ScanCode.DecEncryptedContainerChildDetected && code.Node == "a.zip!m1.exe");
    }

    [Fact]
    public void Decrypts_deflated_members_too()
    {
        var text = string.Concat(Enumerable.Repeat("hello ABCDEF again and again ", 200));
        var zip = Archive.WithTool("zip", "-q -P secret a.zip m.txt", "a.zip", ("m.txt", Archive.Text(text)));
        using var engine = Engine("p;Engine:81-255;0;secret");
        Assert.Equal("a.zip!m.txt", Assert.Single(engine.Scan(zip, "a.zip").Matches).Node);
    }

    private EngineUnderTest Engine(string passwords) =>
        new(TimeProvider.System, _scratch.Root, [("t.pwdb", passwords + "\n"), ("t.ndb", Body)]);
}
