using Engine.Normalisation;

namespace Engine.Tests.Normalisation.Plain;

/// <summary>
/// The copy of a text that target 7 is matched on (clamav-formats.md §3.12): runs of white space become one blank,
/// other bytes below 20 and all above 7F are dropped, letters become lower case. UTF-16 needs no decoding: its zero
/// bytes fall out. Streams; keeps one bit.
/// </summary>
internal sealed class PlainTextNormaliser(PlainCopy copy)
{
    private bool _isInSpace;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (Ascii.IsSpace(value))
            {
                if (!_isInSpace)
                {
                    copy.Write((byte)' ');
                    _isInSpace = true;
                }
            }
            else if (value is >= 0x20 and <= 0x7F)
            {
                copy.Write(Ascii.Lower(value));
                _isInSpace = false;
            }
        }
    }
}
