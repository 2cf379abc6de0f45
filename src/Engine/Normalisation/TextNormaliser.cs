namespace Engine.Normalisation;

/// <summary>
/// The copy of a text that target 7 is matched on (clamav-formats.md §3.12): runs of white space become one blank,
/// other bytes below 20 and all above 7F are dropped, letters become lower case. UTF-16 needs no decoding: its zero
/// bytes fall out. Streams; keeps one bit.
/// </summary>
internal sealed class TextNormaliser(CopyWriter copy)
{
    private bool _isInSpace;

    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = BlankFolding.Fold<TextRules>(bytes, copy.GetSpan(CopyWriter.MaxSpan), ref _isInSpace, out var written);
            copy.Advance(written);
            bytes = bytes[taken..];
        }
    }
}
