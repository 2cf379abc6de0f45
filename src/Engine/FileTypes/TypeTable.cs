using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;

namespace Engine.FileTypes;

/// <summary>
/// The file type magic of a signature set (clamav-formats.md §4.1), which takes the place of what is built in: fixed
/// bytes first, the last line first, then patterns for what is text or binary data so far; a set of patterns alone is
/// added to it. Immutable, thread-safe.
/// </summary>
internal sealed class TypeTable
{
    /// <summary>Bytes of an object that magic may look at.</summary>
    public const int HeadBytes = 1024;

    /// <summary>More lines than any set has; bounds what a look at one object costs.</summary>
    private const int MaxEntries = 4096;

    private static readonly PackageId _package = new("types", DefinitionsVersion.Parse("20260101.001"));

    private static readonly Action _noProgress = static () => { };

    private readonly List<FileTypeMagic> _fixed = [];
    private readonly List<(FileTypeMagic Magic, byte[] Gram, uint Body)> _patterns = [];
    private readonly BodyEncoder _bodies = new(new AnchorModel(log2: 12));

    private TypeTable()
    {
    }

    /// <summary>Adds a line to the section of an image.</summary>
    public static void Append(ByteBuffer section, FileTypeMagic magic)
    {
        section.Add(Encoding.Latin1.GetBytes(magic.Source));
        section.AddByte((byte)'\n');
    }

    /// <exception cref="ImageException">The section is damaged.</exception>
    public static TypeTable Read(ReadOnlySpan<byte> section)
    {
        var table = new TypeTable();
        if (section.IsEmpty)
        {
            return table;
        }

        using var lines = new MemoryStream(section.ToArray());
        var file = new SignatureFile("types.ftm", _package, IsOfficial: true);
        var summary = SignatureParser.Parse(lines, file, signature => table.Add((FileTypeMagic)signature), static _ => { });
        if (summary.Errors > 0)
        {
            throw ImageException.Damaged("a file type magic cannot be read");
        }

        table._fixed.Reverse();
        return table;
    }

    /// <summary>True when it takes the place of what is built in; patterns alone only add to it.</summary>
    public bool ReplacesBuiltIn => _fixed.Count > 0;

    /// <summary>The type by fixed bytes; null when there are none.</summary>
    public FileTypeName? FindFixed(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, HeadBytes)];
        foreach (var magic in _fixed)
        {
            if (magic.Offset.Distance <= head.Length && head[(int)magic.Offset.Distance..].StartsWith(magic.Bytes.Span))
            {
                return magic.Type;
            }
        }

        return null;
    }

    /// <summary>The type by patterns of an object that was taken for <paramref name="soFar"/>; null when none matches.</summary>
    public FileTypeName? FindPattern(ReadOnlySpan<byte> head, FileTypeName soFar)
    {
        head = head[..Math.Min(head.Length, HeadBytes)];
        byte[]? copy = null;
        foreach (var (magic, gram, body) in _patterns)
        {
            if (magic.Required is not FileTypeName.Any && magic.Required != soFar)
            {
                continue;
            }

            if (head.IndexOf(gram) >= 0 && Matches(copy ??= head.ToArray(), gram, body))
            {
                return magic.Type;
            }
        }

        return null;
    }

    private void Add(FileTypeMagic magic)
    {
        if (_fixed.Count + _patterns.Count >= MaxEntries)
        {
            throw ImageException.Damaged("there is too much file type magic");
        }

        if (magic.Kind == FileTypeMagicKind.Fixed)
        {
            _fixed.Add(magic);
        }
        else if (magic.Pattern is { } pattern && magic.Offset.Base != OffsetBase.End)
        {
            // Places counted from the end are never met in a head, not even in that of a short object.
            var body = new BodySignature { Name = magic.Name, Line = magic.Line, Target = 0, Offset = magic.Offset, Pattern = pattern };
            var index = (uint)_bodies.Count;
            if (_bodies.Add(body, 0) is { } anchor)
            {
                _patterns.Add((magic, anchor.Bytes(), index));
            }
        }
    }

    private bool Matches(byte[] head, byte[] gram, uint body)
    {
        using var content = new MemoryContent(head);
        var budget = new WorkBudget();
        budget.Start(WorkBudget.UnitsFor(head.Length), _noProgress);
        var states = new BodyStates();
        states.Clear();
        var verifier = new BodyVerifier(budget, states);
        var record = new BodyRecord(_bodies.Record((int)body), 0);
        var view = new ContentView(content, head.Length, head, 0);
        for (var at = head.AsSpan().IndexOf(gram); at >= 0;)
        {
            if (verifier.Verify(view, record, body, at) >= 0)
            {
                return true;
            }

            var next = head.AsSpan(at + 1).IndexOf(gram);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
