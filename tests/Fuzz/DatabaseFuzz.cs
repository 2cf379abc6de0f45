using Definitions;
using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;

namespace Fuzz;

/// <summary>ClamAV-format databases. Signatures are not demanded: behind them the fuzzer would never come.</summary>
public static class DatabaseFuzz
{
    private static readonly ContainerTrust Trust = new() { Now = DateTimeOffset.UnixEpoch };

    /// <summary>Small limits, so that time goes into the parser and not into the disk.</summary>
    private static readonly ContainerLimits Limits = new()
    {
        MaxPackedBytes = 1024 * 1024,
        MaxUnpackedBytes = 1024 * 1024,
        MaxMembers = 16,
        MaxIndexBytes = 64 * 1024,
        MaxLicenceBytes = 4096,
    };

    private static readonly CdiffLimits PatchLimits = new()
    {
        MaxPackedBytes = 1024 * 1024,
        MaxScriptBytes = 256 * 1024,
        MaxLineBytes = 4096,
        MaxWrittenBytes = 1024 * 1024,
    };

    /// <summary>Throws for any exception but a refusal, and when a refusal leaves files behind.</summary>
    public static void RunContainer(ReadOnlySpan<byte> container)
    {
        foreach (var kind in Enum.GetValues<ContainerKind>())
        {
            var content = new MemoryStream(container.ToArray());
            InFolder(folder =>
            {
                var database = ContainerReader.Unpack(content, new ContainerSource(kind), folder.FullName, Trust, Limits, CancellationToken.None);
                if (kind.IsSigned() || database.Members.Any(member => new FileInfo(Path.Combine(folder.FullName, member.Name)).Length != member.Size))
                {
                    throw new InvalidOperationException("A container without a signature was taken for a signed one, or has other files than it says.");
                }
            });
        }
    }

    /// <summary>The index alone, without a disk.</summary>
    public static void RunIndex(ReadOnlySpan<byte> index)
    {
        try
        {
            if (ContainerIndex.Parse(index, Limits).IsSignedBy(Trust.Keys.Index))
            {
                throw new InvalidOperationException("A signature was forged.");
            }
        }
        catch (RefusedException)
        {
            return;
        }
    }

    /// <summary>As a patch file, and as a script on a small folder.</summary>
    public static void RunCdiff(ReadOnlySpan<byte> cdiff)
    {
        var content = new MemoryStream(cdiff.ToArray());
        InFolder(folder =>
        {
            File.WriteAllText(Path.Combine(folder.FullName, "a.ndb"), "one two\nthree\nfour\n");
            File.WriteAllText(Path.Combine(folder.FullName, "b.hdb"), "b1\n");
            DatabaseMember[] files = [new("a.ndb", 0, default), new("b.hdb", 0, default)];
            try
            {
                using var stage = new PatchStage(folder.FullName, files, new WriteBudget(PatchLimits.MaxWrittenBytes, CancellationToken.None));
                CdiffScript.Run(content, stage, PatchLimits, CancellationToken.None);
            }
            finally
            {
                File.Delete(Path.Combine(folder.FullName, "a.ndb"));
                File.Delete(Path.Combine(folder.FullName, "b.hdb"));
            }
        });
        content.Position = 0;
        InFolder(_ => VerifiedCdiff.Open(content, Trust, signFile: null, PatchLimits, CancellationToken.None));
    }

    /// <summary>As a <c>.sign</c> file and as the CMS in one; nobody is trusted, so nothing may be accepted.</summary>
    public static void RunSign(ReadOnlySpan<byte> sign)
    {
        var candidates = new List<byte[]> { sign.ToArray() };
        try
        {
            candidates.AddRange(SignFile.SignaturesFor(Trust.FunctionalityLevel, sign, Limits));
        }
        catch (RefusedException)
        {
            // The bytes alone are tried all the same.
        }

        if (candidates.Any(cms => DetachedSignature.SignerOf(cms, Digest.Of([]), CertificateAnchors.None, Trust.Now) is not null))
        {
            throw new InvalidOperationException("A signature of nobody was accepted.");
        }
    }

    private static void InFolder(Action<DirectoryInfo> run)
    {
        var folder = Directory.CreateTempSubdirectory("updater-fuzz-");
        try
        {
            run(folder);
        }
        catch (RefusedException e)
        {
            if (folder.EnumerateFileSystemInfos().Any())
            {
                throw new InvalidOperationException("A refusal left something behind.", e);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
