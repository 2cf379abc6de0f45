using System.Diagnostics.CodeAnalysis;

namespace Engine.Decomposition.Archives;

/// <summary>A member of a ZIP as its headers describe it.</summary>
/// <param name="Stated">The header that is believed first.</param>
/// <param name="Local">The header in front of the data.</param>
/// <param name="Data">Offset of the data.</param>
/// <param name="Length">Bytes of data, cut to the object.</param>
/// <param name="Crc">Null when no header tells it.</param>
internal sealed record ZipMember(ZipEntry Stated, ZipEntry Local, long Data, long Length, bool IsEncrypted, uint? Crc)
{
    /// <summary>False when the data runs until its codec ends.</summary>
    public bool IsLengthKnown { get; init; } = true;

    /// <summary>Whether a reader of local headers finds it behind another and knows its length.</summary>
    public bool IsBehindAnother => Data > Local.HeaderBytes && (!Local.HasDescriptor || Local.CompressedBytes > 0);

    /// <summary>Among all entries, folders included; the first is 1.</summary>
    public required int Position { get; init; }

    /// <summary>True when what <see cref="Stated"/> says was told before.</summary>
    public bool IsTold { get; init; }
}

/// <summary>The ways in which a member's bytes are read: one for honest archives, more where headers disagree.</summary>
internal static class ZipReadings
{
    private const int Stored = 0;
    private const int Deflated = 8;
    private const int AesMarker = 99;

    public static void Add(Queue<Member> readings, ReaderContext context, ZipMember member)
    {
        var facts = member.IsTold
            ? ContradictionOf(member)
            : FactsOf(member.Stated, member.Position) with { IsEncrypted = member.IsEncrypted };
        if (IsFolder(member))
        {
            if (facts is not null)
            {
                readings.Enqueue(new Member { Name = member.Stated.Name, Facts = facts, IsOnlyTold = true });
            }

            return;
        }

        if (member.IsEncrypted)
        {
            AddEncrypted(readings, context, member, facts);
            return;
        }

        readings.Enqueue(Reading(context, member, member.Stated.Method, isExtra: false, facts));
        if (member.Local.Method != member.Stated.Method)
        {
            readings.Enqueue(Reading(context, member, member.Local.Method, isExtra: true));
        }

        // Stored by name, deflated in fact: readers that go by the data run what scanners that go by the name never see.
        if (member.Stated.Method == Stored && member.Local.Method == Stored
            && member.Stated.UncompressedBytes != member.Stated.CompressedBytes)
        {
            readings.Enqueue(Reading(context, member, Deflated, isExtra: true));
        }
    }

    /// <summary>What a header claims.</summary>
    public static MemberFacts FactsOf(ZipEntry entry, int position) => new(entry.Name)
    {
        CompressedBytes = entry.CompressedBytes,
        RealBytes = entry.UncompressedBytes,
        IsEncrypted = entry.IsEncrypted,
        Position = position,
        Crc = entry.Crc,
    };

    /// <summary>What the local header says, where that is something else than the directory says: both count (measured).</summary>
    private static MemberFacts? ContradictionOf(ZipMember member)
    {
        var stated = FactsOf(member.Stated, member.Position);
        var local = FactsOf(member.Local, member.Position);
        if (member.Local.HasDescriptor)
        {
            local = local with { CompressedBytes = stated.CompressedBytes, RealBytes = stated.RealBytes, Crc = stated.Crc };
        }

        return local == stated ? null : local;
    }

    private static bool IsFolder(ZipMember member) =>
        member.Length == 0 && member.Stated.UncompressedBytes == 0 && member.Stated.Name.EndsWith('/');

    /// <summary>The mark may be a lie: a plain reading that decodes to the right checksum is believed (decomposer.md §4).</summary>
    private static void AddEncrypted(Queue<Member> readings, ReaderContext context, ZipMember member, MemberFacts? facts)
    {
        if (ZipPasswords.Find(context, member, Open) is { } keys)
        {
            readings.Enqueue(new Member
            {
                Name = member.Stated.Name,
                Facts = facts,
                IsBehindAnother = member.IsBehindAnother,
                Open = () => Decoder(context, member, member.Stated.Method, keys),
            });
            return;
        }

        var isStoredAsStated = member.Stated.Method == Stored && member.Length == member.Stated.UncompressedBytes;
        var isWorthATry = member.Crc is not null && (member.Stated.Method == Deflated || isStoredAsStated);
        readings.Enqueue(isWorthATry
            ? new Member
            {
                Name = member.Stated.Name,
                Facts = facts,
                IsBehindAnother = member.IsBehindAnother,
                Open = () => Decoder(context, member, member.Stated.Method),
                CodeIfUnreadable = ScanCode.DecEncryptedContainerChildDetected,
            }
            : new Member { Name = member.Stated.Name, Facts = facts, Finding = ScanCode.DecEncryptedContainerChildDetected });
    }

    private static Member Reading(ReaderContext context, ZipMember member, int method, bool isExtra, MemberFacts? facts = null) =>
        method == AesMarker
            ? new Member { Name = member.Stated.Name, Facts = facts, Finding = ScanCode.DecEncryptedContainerChildDetected }
            : new Member
            {
                Name = member.Stated.Name,
                IsExtraReading = isExtra,
                Facts = facts,
                IsBehindAnother = member.IsBehindAnother,
                Open = () => Decoder(context, member, method),
            };

    [SuppressMessage("Reliability", "CA2000", Justification = "Each stream owns the one under it; a fault disposes the lowest.")]
    [SuppressMessage("Design", "CA1031", Justification = "Border of third-party decoders; every fault becomes a code.")]
    private static VerifiedStream Decoder(ReaderContext context, ZipMember member, int method, ZipCrypto? keys = null)
    {
        Stream input = keys is null
            ? context.OpenStream(member.Data, member.Length)
            : ZipPasswords.OpenDecrypted(context, member, keys.Value);
        try
        {
            var decoder = new CodecStream(Open(input, member, method), ScanCode.DecFileExtractFailed);
            return new VerifiedStream(decoder, member.Crc, member.Crc is null ? null : member.Stated.UncompressedBytes, ScanCode.DecFileExtractFailed);
        }
        catch (Exception e) when (e is ContainerException)
        {
            input.Dispose();
            throw;
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the walk from constructors of third-party decoders, which read and judge the first bytes.
            input.Dispose();
            throw CodecFaults.Translate(e, ScanCode.DecFileExtractFailed, isWhole: false);
        }
    }

    private static Stream Open(Stream input, ZipMember member, int method) => method switch
    {
        Stored => input,
        Deflated => Codecs.OpenDeflate(input),
        9 => Codecs.OpenDeflate64(input),
        12 => Codecs.OpenBzip2(input),
        14 => Codecs.OpenZipLzma(input, member.Length, (member.Stated.Flags & 2) != 0 ? -1 : member.Stated.UncompressedBytes),
        93 => Codecs.OpenZstandard(input),
        95 => Codecs.OpenXz(input),
        98 => Codecs.OpenZipPpmd(input),
        _ => throw new ContainerException(ScanCode.DecContainerUnknownAlgorithm, "The method is not known."),
    };
}
