namespace Definitions.Formats.ClamAv;

/// <summary>The fields of one line between separators, without copying. Counts no further than one past the limit.</summary>
internal readonly ref struct LineFields
{
    private readonly ReadOnlySpan<byte> _line;
    private readonly ReadOnlySpan<int> _starts;

    /// <param name="line">The line without its end.</param>
    /// <param name="separator">Stands between fields; <c>:</c> or <c>;</c>.</param>
    /// <param name="starts">Room for one entry more than fields are allowed.</param>
    public LineFields(ReadOnlySpan<byte> line, byte separator, Span<int> starts)
    {
        _line = line;
        _starts = starts;
        starts[0] = 0;
        Count = 1;
        while (Count < starts.Length)
        {
            var next = line[starts[Count - 1]..].IndexOf(separator);
            if (next < 0)
            {
                break;
            }

            starts[Count] = starts[Count - 1] + next + 1;
            Count++;
        }
    }

    /// <summary>Fields found; the capacity when there are that many or more.</summary>
    public int Count { get; }

    public ReadOnlySpan<byte> this[int index] =>
        index + 1 < Count ? _line[_starts[index]..EndOf(index)] : _line[_starts[index]..];

    /// <summary>1-based column of the field's first byte.</summary>
    public int Column(int index) => _starts[index] + 1;

    private int EndOf(int index) => _starts[index + 1] - 1;
}
