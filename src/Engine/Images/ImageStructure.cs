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
        var table = NameTable.Of(image);
        for (var stem = 0; stem < table.Starts.Length; stem++)
        {
            Expect(stem > 0 || table.Starts[stem] == 0, "there are bytes before the stems of names");
            table.ReadStem((ulong)stem, out _, out _);
        }

        long at = 0;
        for (long id = 0; id < image.Tables.Signatures.Count;)
        {
            Expect(Checked.Word(table.Blocks, id / ImageFormat.NamesPerBlock) == at, "a name block starts at the wrong place");
            var cursor = new NameCursor(table, at);
            for (var end = Math.Min(id + ImageFormat.NamesPerBlock, image.Tables.Signatures.Count); id < end; id++)
            {
                cursor.MoveNext();
            }

            at = cursor.At;
        }

        Expect(at == table.Names.Length, "there are names without signatures");
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
