using System.Diagnostics.CodeAnalysis;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Walks a ZIP twice: along its central directory, then over every local header that the directory did not cover.
/// Library readers trust one of the two and miss what the other shows (decomposer.md §7.1). What the directory says of
/// its members is told before the first of them is read, as the reference engine does (clamav-formats.md §3.8).
/// </summary>
internal sealed class ZipReader : IContainerReader
{
    private readonly ReaderContext _context;
    private readonly ObjectContent _content;
    private readonly Queue<Member> _readings = new();
    private readonly ZipGaps _gaps;
    private readonly ZipDirectory? _directory;
    private long _telling;
    private long _position;
    private int _told;
    private long _seen;
    private bool _isDirectoryTold;
    private bool _isDirectoryDone;

    public ZipReader(ReaderContext context)
    {
        _context = context;
        _content = context.Content;
        _gaps = new ZipGaps(_content);
        _directory = ZipDirectory.Find(_content, context.Budget.Check);
        if (_directory is { } directory)
        {
            (_telling, _position) = (directory.Start, directory.Start);
            _gaps.Cover(directory.Start, directory.End);
        }
        else
        {
            context.Report(ScanCode.DecMalformedContainerDetected);
            (_isDirectoryTold, _isDirectoryDone) = (true, true);
        }
    }

    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        while (!_readings.TryDequeue(out member))
        {
            _context.Budget.Check();
            if (!(!_isDirectoryTold ? TellFromDirectory() : _isDirectoryDone ? ListUncovered() : ListFromDirectory()))
            {
                member = null;
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        // Members open streams of their own.
    }

    /// <summary>Tells of one central header; of more than members may be visited, the rest is told as they are read.</summary>
    private bool TellFromDirectory()
    {
        var directory = _directory!.Value;
        var central = _telling < directory.End && _told < _context.Budget.MaxListedMembers
            ? ZipEntry.ReadCentral(_content, _telling) : null;
        if (central is null)
        {
            _isDirectoryTold = true;
            return true;
        }

        _telling += central.HeaderBytes;
        _told++;
        _readings.Enqueue(new Member { Name = central.Name, Facts = ZipReadings.FactsOf(central, _told), IsOnlyTold = true });
        return true;
    }

    /// <summary>Null for a member that was told of already.</summary>
    private MemberFacts? FactsOf(ZipEntry central) => _seen <= _told ? null : ZipReadings.FactsOf(central, (int)_seen);

    /// <summary>Takes one central header. Always true: the walk over local headers comes after it.</summary>
    private bool ListFromDirectory()
    {
        var directory = _directory!.Value;
        var central = _position < directory.End ? ZipEntry.ReadCentral(_content, _position) : null;
        if (central is null)
        {
            _isDirectoryDone = true;
            if (_position != directory.End || !IsStatedCount(directory.Entries))
            {
                _context.Report(ScanCode.DecMalformedContainerDetected);
            }

            return true;
        }

        _position += central.HeaderBytes;
        _seen++;
        if (central.Disk != directory.Disk && central.Disk != ushort.MaxValue)
        {
            _readings.Enqueue(new Member { Name = central.Name, Facts = FactsOf(central), Finding = ScanCode.DecFileSplitAcrossContainers });
            return true;
        }

        var localOffset = central.LocalOffset + directory.Shift;
        var local = localOffset < 0 || localOffset > _content.Length ? null : ZipEntry.ReadLocal(_content, localOffset);
        if (local is null)
        {
            _readings.Enqueue(new Member { Name = central.Name, Facts = FactsOf(central), Finding = ScanCode.DecMalformedContainerDetected });
            return true;
        }

        List(central, local, localOffset);
        return true;
    }

    private void List(ZipEntry central, ZipEntry local, long localOffset)
    {
        var data = localOffset + local.HeaderBytes;
        var length = Math.Min(central.CompressedBytes, Math.Max(0, _content.Length - data));
        var isOverlap = !_gaps.Cover(localOffset, data + length);
        var differs = !string.Equals(local.Name, central.Name, StringComparison.Ordinal)
            || local.Method != central.Method
            || local.IsEncrypted != central.IsEncrypted
            || (!local.HasDescriptor && (local.Crc != central.Crc || local.CompressedBytes != central.CompressedBytes));
        if (differs || isOverlap || length < central.CompressedBytes)
        {
            _context.Report(ScanCode.DecMalformedContainerDetected);
        }

        ZipReadings.Add(_readings, _context, new ZipMember(
            central, local, data, length, IsEncrypted: central.IsEncrypted || local.IsEncrypted, Crc: central.Crc)
        {
            Position = (int)_seen,
            IsTold = _seen <= _told,
        });
    }

    private bool ListUncovered()
    {
        if (_gaps.FindLocalHeader(_context.Budget.Check) is not { } found)
        {
            return false;
        }

        // Nobody who makes archives in good faith leaves a member out of the directory.
        _context.Report(ScanCode.DecMalformedContainerDetected);
        var (offset, gapEnd, local) = found;
        var data = offset + local.HeaderBytes;
        var isLengthKnown = local.CompressedBytes > 0 || !local.HasDescriptor;
        var length = isLengthKnown ? Math.Min(local.CompressedBytes, _content.Length - data) : Math.Max(0, gapEnd - data);
        _gaps.Cover(offset, isLengthKnown ? data + length : data);
        ZipReadings.Add(_readings, _context, new ZipMember(
            local, local, data, length, local.IsEncrypted, Crc: local.HasDescriptor ? null : local.Crc)
        {
            IsLengthKnown = isLengthKnown,
            Position = (int)++_seen,
        });
        return true;
    }

    // The record's 16 bits wrap; archives with more members and no 64-bit record exist.
    private bool IsStatedCount(long stated) => stated == _seen || (stated & 0xFFFF) == (_seen & 0xFFFF);
}
