using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Phishing;

namespace Engine.Images;

/// <summary>
/// Follows every index and walks every program of an image once, so that an image with good checksums and hostile
/// tables is refused when it is installed. Scanning checks bounds all the same: a disk may go bad later.
/// </summary>
internal static class ImageStructure
{
    /// <exception cref="ImageException">Something leads where nothing is.</exception>
    public static void Check(Image image, CancellationToken cancellationToken)
    {
        CheckSignatures(image, cancellationToken);
        CheckNames(image, cancellationToken);
        CheckBodies(image, cancellationToken);
        MemberTable.Read(image);
        PasswordTable.Read(image);
        TypeTable.Read(image.Bytes(image.Directory.Find(SectionKind.FileTypes)));
        PhishingLists.Read([image]);
        IgnoredNames.Check(image);
        AnchorStructure.Check(image, cancellationToken);
        PlaceStructure.Check(image);
        LogicalStructure.Check(image, cancellationToken);

        foreach (var purpose in HashTable.Purposes)
        {
            foreach (var kind in (ReadOnlySpan<HashKind>)[HashKind.Md5, HashKind.Sha1, HashKind.Sha256])
            {
                cancellationToken.ThrowIfCancellationRequested();
                CheckDigests(image, image.Tables.Hashes(purpose, kind, isAnySize: false));
                CheckDigests(image, image.Tables.Hashes(purpose, kind, isAnySize: true));
            }
        }
    }

    private static void CheckSignatures(Image image, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long reportable = 0;
        for (var id = 0; id < image.Tables.Signatures.Count; id++)
        {
            var entry = SignatureTable.Read(image, (uint)id);
            SignatureTable.Package(image, entry);
            reportable += entry.Flags.HasFlag(SignatureFlags.Dormant) ? 0 : 1;
        }

        Expect(reportable == image.SignatureCount, "the signature count is wrong");
    }

    private static void CheckNames(Image image, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var names = image.Bytes(image.Tables.Names);
        var blocks = image.Words(image.Tables.NameBlocks);
        long at = 0;
        var length = 0;
        for (var id = 0; id < image.Tables.Signatures.Count; id++)
        {
            if (id % ImageFormat.NamesPerBlock == 0)
            {
                Expect(Checked.Word(blocks, id / ImageFormat.NamesPerBlock) == at, "a name block starts at the wrong place");
                length = 0;
            }

            var head = Checked.Slice(names, at, 3);
            Expect(head[0] <= length, "a name shares more than there is");
            var added = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
            length = head[0] + added;
            at += 3 + Checked.Slice(names, at + 3, added).Length;
        }

        Expect(at == names.Length, "there are names without signatures");
    }

    private static void CheckBodies(Image image, CancellationToken cancellationToken)
    {
        var section = image.Bytes(image.Tables.Bodies);
        foreach (var start in image.Words(image.Tables.BodyIndex))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var body = new BodyRecord(section, start);
            Expect(body.IsLogical || body.Signature < image.Tables.Signatures.Count, "a body has no signature");
            for (var i = 0; i < body.PartCount; i++)
            {
                var part = body.Part(i);
                Expect(PartCodeCheck.Measure(part.Code) == (part.MinLength, part.MaxLength), "a part has the wrong length");
                Expect(part.Left <= BoundarySets.MaxCode && part.Right <= BoundarySets.MaxCode, "a boundary is of no kind");
                Expect(!part.HasLead || part.LeadMax <= PartMatcher.Context - 2, "a short gap is too long");
                Expect(!part.HasTrail || part.TrailMax <= PartMatcher.Context - 2, "a short gap is too long");
            }
        }
    }

    private static void CheckDigests(Image image, HashTable table)
    {
        if (!table.IsPresent)
        {
            return;
        }

        CheckDirectory(image.Words(table.Directory), table.Digests.Count);
        var digests = image.Bytes(table.Digests);
        var size = table.DigestSize;
        for (var at = size; at < digests.Length; at += size)
        {
            Expect(digests.Slice(at - size, size).SequenceCompareTo(digests.Slice(at, size)) <= 0, "digests are not sorted");
        }

        foreach (var signature in image.Words(table.Signatures))
        {
            Expect(signature < image.Tables.Signatures.Count, "a digest has no signature");
        }
    }

    private static void CheckDirectory(ReadOnlySpan<uint> starts, int count)
    {
        for (var i = 1; i < starts.Length; i++)
        {
            Expect(starts[i - 1] <= starts[i], "a directory does not ascend");
        }

        Expect(starts.IsEmpty || (starts[0] == 0 && starts[^1] == count), "a directory does not cover its table");
    }

    private static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged(otherwise);
        }
    }
}
