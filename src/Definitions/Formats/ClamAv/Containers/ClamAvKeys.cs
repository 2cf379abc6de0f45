using System.Globalization;
using System.Numerics;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>A public RSA key. Signatures are recovered by plain exponentiation (clamav-formats.md §1.7).</summary>
/// <param name="Modulus">n, positive.</param>
/// <param name="Exponent">e, positive.</param>
public sealed record ClamAvKey(BigInteger Modulus, BigInteger Exponent)
{
    /// <summary>The block that a signature text stands for.</summary>
    /// <returns>False when the text is no number below the modulus: each genuine signature is one.</returns>
    internal bool TryRecover(ReadOnlySpan<char> dsig, out BigInteger block)
    {
        block = default;
        if (!DsigText.TryDecode(dsig, out var signature) || signature >= Modulus)
        {
            return false;
        }

        block = BigInteger.ModPow(signature, Exponent, Modulus);
        return true;
    }
}

/// <summary>The three keys of a publisher of databases.</summary>
/// <param name="Header">Key A: the header of a container, scheme 1.</param>
/// <param name="Index">Key B: the <c>DSIG</c> line of the index, scheme 2.</param>
/// <param name="Patch">Key C: patches, scheme 2.</param>
public sealed record ClamAvKeys(ClamAvKey Header, ClamAvKey Index, ClamAvKey Patch)
{
    /// <summary>The keys of the public ClamAV databases (clamav-formats.md §1.7).</summary>
    public static ClamAvKeys Published { get; } = new(
        Key(
            100001027,
            "a8f34c7b2bae902e1e608cfcec44c024375370c09cd460e1917a98546ddfc53a90c608bb48ba8cb7eed1ff342085ecdd",
            "1491428ca8a895972403a3db2a452dd80173bb07e1e23acbc84fab2e2586930f62909d56d2e25256c989d399fa722ab2",
            "5ab628df79bcfce43b86a0e049263171352b75048f2d4778b69a5e574a6130ad"),
        Key(
            100002049,
            "57d749b7e7d61160421a14aeadb263bbaec4422cabda76e94db3fa98cd63bfe32a54c72b3026f2356dfa9543f9020219",
            "cbdcbdae9e642c4441c23a2523cf4fa6d444722ec227b89e04dad097c38eeef93b588baabecc6fc20199fea6ea47a66c",
            "736d4fec15b5a8d4411e1ae838e2a0a55b7398f4d48b346a7d747134c62bfdf95a4bce381fa151a2118b6788ccb32895",
            "12a6c8b3a84d640e0fca01d0f4611d7dd1a47452027ddecfc1572d08370e63c51d9bd4773153ce7ad95c4ffb2f4a1147",
            "e35304f827f34a4d5ef388bab077f7cae0b2fbbbfea09936b656b4c0c7c4e9907c6c6d392e01b047746d2b8694bede7a",
            "5e0861f8d95ef844a29b71e7f8b8f0c9"),
        Key(
            100002053,
            "751c709765074b2f79f1390581433f72b8e29dc8de678481ed1b56a39215e9d0298619228d8326d2b3b5db9dfcb832dc",
            "1fab5ec269986dad56b1c2fe661c18823918e61f8f4d6efbe6be587f0a0fe4db6af5c1c5c0592127e48c012698233a67",
            "c1073fa0b52198edbe5ae2c1449a3b8acab7f791b282986fa0861ec925511f713a087c299d39da10173c25aaf328971b",
            "4feef396f72f1d7d533bda6505514f1bff8c5fad963334ed4ae2a8d35fdb941cb9f8dbf92002781fdfcf3b11bbbc3bec",
            "64174f75560f6450a0835e3c9acc8be4f6c9af3f85c17d9b49b27792d7602b9821c015f87679b65b25ad5c2e041da84e",
            "6ee076ac5274e693a0f874bc7fd10903"));

    private static ClamAvKey Key(int exponent, params ReadOnlySpan<string> modulus) =>
        new(BigInteger.Parse("0" + string.Concat(modulus), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), exponent);
}
