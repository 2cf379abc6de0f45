using System.Diagnostics.CodeAnalysis;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Common;
using SharpCompress.Readers;
using SharpCompress.Readers.Rar;

namespace Engine.Decomposition.Archives;

/// <summary>
/// 7z and RAR through SharpCompress, entry by entry in the order of the file: solid archives decode each block once.
/// The format is known before the library sees it; its own detection is never called (decomposer.md §8).
/// </summary>
internal sealed class SharpReader : IContainerReader
{
    private readonly ReaderContext _context;
    private readonly IReader _reader;
    private readonly Action _close;
    private readonly bool _isSolid;
    private readonly bool _isSevenZip;
    private bool _isAnyRead;
    private int _position;
    private bool _isEnded;

    private SharpReader(ReaderContext context, IReader reader, bool isSevenZip, bool isSolid, Action close)
    {
        _context = context;
        _reader = reader;
        _isSevenZip = isSevenZip;
        _isSolid = isSolid;
        _close = close;
    }

    public static SharpReader OpenSevenZip(ReaderContext context)
    {
        SevenZipHeader.Check(context);
        return Open(context, stream =>
        {
            var archive = SevenZipArchive.OpenArchive(stream, Options());
            var reader = archive.ExtractAllEntries();
            return new SharpReader(context, reader, isSevenZip: true, archive.IsSolid, () =>
            {
                reader.Dispose();
                archive.Dispose();
                stream.Dispose();
            });
        });
    }

    public static SharpReader OpenRar(ReaderContext context)
    {
        RarHeader.Check(context);
        return Open(context, stream =>
        {
            var reader = RarReader.OpenReader(stream, Options());
            return new SharpReader(context, reader, isSevenZip: false, isSolid: false, () =>
            {
                reader.Dispose();
                stream.Dispose();
            });
        });
    }

    [SuppressMessage("Design", "CA1031", Justification = "Border of SharpCompress; every fault becomes a code.")]
    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        member = null;
        try
        {
            while (!_isEnded && _reader.MoveToNextEntry())
            {
                _isAnyRead = true;
                _context.Budget.Check();
                var isFolder = _reader.Entry.IsDirectory;
                _position += isFolder && _isSevenZip ? 0 : 1;
                if (!isFolder)
                {
                    member = MemberOf(_reader.Entry);
                    return true;
                }
            }

            if (!_isAnyRead && !_isEnded && _context.Content.Length > EmptyArchiveBytes)
            {
                throw new ContainerException(ScanCode.DecOpenContainerFailed, "Nothing was found in the archive.");
            }

            return false;
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the walk from SharpCompress; a listing that failed is not asked again.
            _isEnded = true;
            throw CodecFaults.Translate(e, DamageCode(), isWhole: !_isAnyRead);
        }
    }

    public void Dispose() => _close();

    // No archive program makes these shorter when there is a member inside.
    private const int EmptyArchiveBytes = 64;

    private static ReaderOptions Options() => new() { LeaveStreamOpen = true, LookForHeader = false };

    [SuppressMessage("Design", "CA1031", Justification = "Border of SharpCompress; every fault becomes a code.")]
    [SuppressMessage("Reliability", "CA2000", Justification = "The reader owns the stream, or the catch disposes it.")]
    private static SharpReader Open(ReaderContext context, Func<Stream, SharpReader> open)
    {
        var stream = context.OpenStream();
        try
        {
            return open(stream);
        }
        catch (Exception e) when (!CodecFaults.IsOurs(e))
        {
            // Protects the walk from SharpCompress, which reads headers when it opens.
            stream.Dispose();
            throw CodecFaults.Translate(e, ScanCode.DecOpenContainerFailed, isWhole: true);
        }
    }

    private ScanCode DamageCode() => _isAnyRead
        ? _isSolid ? ScanCode.DecContainerExtractFailed : ScanCode.DecMalformedContainerDetected
        : ScanCode.DecOpenContainerFailed;

    // The reference engine knows no compressed size in 7z, counts folders in RAR and not in 7z.
    private MemberFacts FactsOf(IEntry entry, string name) => new(name)
    {
        CompressedBytes = _isSevenZip ? 0 : entry.CompressedSize,
        RealBytes = entry.Size,
        IsEncrypted = entry.IsEncrypted,
        Position = _position,
        Crc = (uint)entry.Crc,
    };

    private Member MemberOf(IEntry entry)
    {
        var name = entry.Key ?? "";
        var facts = FactsOf(entry, name);
        if (entry.IsEncrypted)
        {
            return new Member { Name = name, Facts = facts, Finding = ScanCode.DecEncryptedContainerChildDetected };
        }

        if (entry.IsSplitAfter)
        {
            return new Member { Name = name, Facts = facts, Finding = ScanCode.DecFileSplitAcrossContainers };
        }

        // The library compares RAR's checksums itself, with the variants that RAR has; 7z's it reads and leaves alone.
        uint? crc = _isSevenZip && entry.Crc != 0 ? (uint)entry.Crc : null;
        var damage = _isSolid ? ScanCode.DecContainerExtractFailed : ScanCode.DecFileExtractFailed;
        return new Member
        {
            Name = name,
            Facts = facts,
            Open = () =>
            {
                try
                {
                    return new VerifiedStream(new CodecStream(_reader.OpenEntryStream(), damage), crc, expectedLength: null, damage);
                }
                catch (Exception e) when (!CodecFaults.IsOurs(e))
                {
                    // Protects the walk from SharpCompress, which prepares the decoder here.
                    throw CodecFaults.Translate(e, damage, isWhole: false);
                }
            },
        };
    }
}
