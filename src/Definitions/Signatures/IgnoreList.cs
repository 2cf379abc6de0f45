using System.Text;

namespace Definitions.Signatures;

/// <summary>
/// The ignore entries of a whole set, asked once for each signature (clamav-formats.md §3.5). Names are compared
/// exactly; a trailing <c>.{…}</c> of the signature's name is cut first. An entry with an MD5 applies only while the
/// signature's line is unchanged.
/// </summary>
public sealed class IgnoreList
{
    /// <summary>Name → digests of its entries; an empty list when the name alone decides.</summary>
    private readonly Dictionary<string, List<ReadOnlyMemory<byte>>> _entries = new(StringComparer.Ordinal);

    /// <summary>True when some entry can only be decided with <see cref="Signature.SourceMd5"/>.</summary>
    public bool NeedsSourceMd5 => _entries.Values.Any(digests => digests.Count > 0);

    public int Count => _entries.Count;

    public void Add(IgnoreSignature entry)
    {
        if (entry.LineMd5 is not { } digest)
        {
            _entries[entry.Name] = [];
        }
        else if (!_entries.TryGetValue(entry.Name, out var digests))
        {
            _entries[entry.Name] = [digest];
        }
        else if (digests.Count > 0)
        {
            digests.Add(digest);
        }
    }

    /// <summary>True when the signature is to be left out.</summary>
    /// <exception cref="InvalidOperationException">An entry has an MD5 and the signature was parsed without one.</exception>
    public bool Covers(Signature signature)
    {
        if (_entries.Count == 0 || !_entries.TryGetValue(ComparedName(signature.ListedName ?? signature.Name), out var digests))
        {
            return false;
        }

        if (digests.Count == 0)
        {
            return true;
        }

        var own = signature.SourceMd5
            ?? throw new InvalidOperationException("Parse with computeLineMd5 when NeedsSourceMd5 is true.");
        return digests.Exists(digest => digest.Span.SequenceEqual(own.Span));
    }

    /// <summary>
    /// False when no entry can cover a signature of this name; true when <see cref="Covers"/> has to be asked.
    /// </summary>
    /// <param name="name">ASCII.</param>
    public bool MayCover(ReadOnlySpan<byte> name)
    {
        if (_entries.Count == 0)
        {
            return false;
        }

        Span<char> text = stackalloc char[256];
        if (name.Length > text.Length)
        {
            return true;
        }

        text = text[..Encoding.ASCII.GetChars(name, text)];
        var brace = text[^1] == '}' ? text.IndexOf(".{") : -1;
        return _entries.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(brace > 0 ? text[..brace] : text);
    }

    /// <summary>The name as ignore lists are asked for it: a trailing <c>.{…}</c> is cut.</summary>
    public static string ComparedName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var brace = name.EndsWith('}') ? name.IndexOf(".{", StringComparison.Ordinal) : -1;
        return brace > 0 ? name[..brace] : name;
    }
}
