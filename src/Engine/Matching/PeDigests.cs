using System.Security.Cryptography;
using Definitions.Signatures;
using Engine.Executables;
using Engine.Images;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// Looks up the digests of a PE's sections and of its import string (clamav-formats.md §3.4). A section is read only
/// when some entry may have its size, and all sections together are not read more often than
/// <see cref="MaxReadings"/> times the file: sections may overlap as they please.
/// </summary>
internal sealed class PeDigests(IReadOnlyList<Image> images)
{
    /// <summary>Bytes of sections that are hashed, as a multiple of the file's length. Honest sections do not overlap.</summary>
    private const int MaxReadings = 4;

    private const int Step = 65536;

    private readonly ObjectDigests _digests = new();
    private readonly PositionList _found = new();
    private readonly PositionList _signatures = new();
    private readonly bool _hasSections = HasTables(images, HashPurpose.PeSection);
    private readonly bool _hasImports = HasTables(images, HashPurpose.PeImports);

    /// <summary>True when some image has anything to look up for a PE.</summary>
    public bool IsDue => _hasSections || _hasImports;

    /// <summary>False when not all sections were looked at.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// The signatures of all entries that fit, in the order of reporting: section by section, MD5 before SHA-1 before
    /// SHA-256, exact size before any size, then the imports. Valid until the next call. An entry is the image's place
    /// in the upper 32 bits and the signature in the lower ones.
    /// </summary>
    /// <param name="progress">Called at least every 64 KiB of work; may throw to end the scan.</param>
    /// <exception cref="IOException">The object could not be read.</exception>
    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    public ReadOnlySpan<long> Find(ObjectContent content, ExecutableLayout? layout, Action progress)
    {
        _found.Clear();
        IsComplete = true;
        if (layout is not null && _hasSections)
        {
            FindSections(content, layout, progress);
        }

        if (_hasImports)
        {
            progress();
            FindImports(content);
        }

        return _found.Span;
    }

    private void FindSections(ObjectContent content, ExecutableLayout layout, Action progress)
    {
        var allowance = MaxReadings * content.Length;
        foreach (var section in layout.Sections)
        {
            progress();
            if (section.Size == 0)
            {
                continue;
            }

            _digests.Start(section.Size);
            HashIndex.WantDue(images, HashPurpose.PeSection, section.Size, _digests);
            if (!_digests.IsHungry)
            {
                continue;
            }

            allowance -= section.Size;
            if (allowance < 0)
            {
                IsComplete = false;
                return;
            }

            LookSectionUp(content, section, progress);
        }
    }

    private void LookSectionUp(ObjectContent content, ExecutableSection section, Action progress)
    {
        for (long done = 0; done < section.Size; done += Step)
        {
            progress();
            var count = (int)Math.Min(Step, section.Size - done);
            var bytes = content.Window(section.Start + done, count);
            _digests.Append(done, bytes.Length == count
                ? bytes
                : throw new IOException("The object has fewer bytes than it had."));
        }

        foreach (var kind in ObjectDigests.Kinds)
        {
            if (HashIndex.IsDue(images, HashPurpose.PeSection, kind, section.Size))
            {
                Look(HashPurpose.PeSection, kind, _digests.Value(kind, content, progress), section.Size);
            }
        }
    }

    private void FindImports(ObjectContent content)
    {
        if (PeHeaders.Read(new HeaderBytes(content)) is not { } pe || PeImports.Read(pe) is not { } text)
        {
            return;
        }

        foreach (var kind in ObjectDigests.Kinds)
        {
            if (HashIndex.IsDue(images, HashPurpose.PeImports, kind, text.Length))
            {
                Look(HashPurpose.PeImports, kind, Hash(kind, text), text.Length);
            }
        }
    }

    private void Look(HashPurpose purpose, HashKind kind, ReadOnlySpan<byte> digest, long length)
    {
        for (var shard = 0; shard < images.Count; shard++)
        {
            _signatures.Clear();
            HashIndex.Find(images[shard], purpose, kind, digest, length, _signatures);
            foreach (var signature in _signatures.Span)
            {
                _found.Add(((long)shard << 32) | signature);
            }
        }
    }

    private static bool HasTables(IReadOnlyList<Image> images, HashPurpose purpose)
    {
        foreach (var kind in ObjectDigests.Kinds)
        {
            if (images.Any(image => image.Tables.Hashes(purpose, kind, isAnySize: false).IsPresent
                || image.Tables.Hashes(purpose, kind, isAnySize: true).IsPresent))
            {
                return true;
            }
        }

        return false;
    }

#pragma warning disable CA5350, CA5351 // The signature formats are defined on these digests.
    private static byte[] Hash(HashKind kind, byte[] text) => kind switch
    {
        HashKind.Md5 => MD5.HashData(text),
        HashKind.Sha1 => SHA1.HashData(text),
        HashKind.Sha256 => SHA256.HashData(text),
    };
#pragma warning restore CA5350, CA5351
}
