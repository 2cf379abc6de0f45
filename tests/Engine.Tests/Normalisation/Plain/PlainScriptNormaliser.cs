using System.Globalization;
using System.Text;
using Engine.Normalisation;
using Ascii = Engine.Normalisation.Ascii;

namespace Engine.Tests.Normalisation.Plain;

/// <summary>
/// The script copy of an HTML document (clamav-formats.md §3.12): its scripts one after the other, each between
/// <c>&lt;script&gt;</c> and <c>&lt;/script&gt;</c>, declared names as <c>n000</c>, <c>n001</c> …, strings folded,
/// blanks only where two names would run together, all in lower case. A script is collected whole up to
/// <see cref="MaxBlockBytes"/>; a longer one is taken in pieces of that size, each with names of its own.
/// </summary>
internal sealed class PlainScriptNormaliser(PlainCopy copy)
{
    /// <summary>Bytes of one script that are read together; bounds the memory for its tokens.</summary>
    public const int MaxBlockBytes = 1 << 20;

    private readonly ByteAppender _code = new();
    private readonly ByteAppender _pool = new();
    private readonly List<ScriptToken> _tokens = [];
    private bool _isFirst = true;
    private int _endTagMatched;

    private static ReadOnlySpan<byte> EndTag => "</script>"u8;

    public void Start()
    {
        copy.Write(_isFirst ? "<script>"u8 : "\n<script>"u8);
        _isFirst = false;
        _endTagMatched = 0;
        _code.Clear();
    }

    public void Append(byte value)
    {
        _code.Append(value);
        if (_code.Length == MaxBlockBytes)
        {
            WriteBlock();
            _code.Clear();
        }
    }

    /// <summary>Ends the script, whose end tag was appended too.</summary>
    public void End()
    {
        WriteBlock();
        if (_endTagMatched != EndTag.Length)
        {
            copy.Write(EndTag);
        }

        _code.Clear();
    }

    private void WriteBlock()
    {
        _tokens.Clear();
        _pool.Clear();
        PlainScriptTokenizer.Read(_code.Written, _pool, _tokens);
        var unclosed = CountUnclosed();
        PlainScriptFolding.Fold(_tokens, _pool);
        var (names, scopes) = Resolve(out var resolved);
        for (var i = 0; i < _tokens.Count; i++)
        {
            var token = _tokens[i];
            if (names[i] >= 0 && resolved.Find(scopes[i], names[i]) is var id and >= 0)
            {
                WriteWord(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"n{id:d3}")));
            }
            else
            {
                Write(token);
            }
        }

        for (; unclosed > 0; unclosed--)
        {
            Write((byte)')');
        }
    }

    /// <summary>Parentheses that the script leaves open: they are closed behind it.</summary>
    private int CountUnclosed()
    {
        var open = 0;
        foreach (var token in _tokens)
        {
            if (token.IsSign(_pool.Written, '('))
            {
                open++;
            }
            else if (open > 0 && token.IsSign(_pool.Written, ')'))
            {
                open--;
            }
        }

        return open;
    }

    /// <summary>The name and the scope of every token.</summary>
    private (int[] Names, int[] Scopes) Resolve(out ScriptScopes resolved)
    {
        resolved = new ScriptScopes();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var (names, scopes) = (new int[_tokens.Count], new int[_tokens.Count]);
        for (var i = 0; i < _tokens.Count; i++)
        {
            var token = _tokens[i];
            var isName = token.Kind == ScriptTokenKind.Name;
            var isVar = isName && token.Is(_pool.Written, "var"u8);
            var isFunction = isName && token.Is(_pool.Written, "function"u8);
            names[i] = -1;
            if (isName && !isVar && !isFunction)
            {
                var name = Encoding.ASCII.GetString(_pool.Written.Slice(token.Start, token.Length));
                known.TryAdd(name, known.Count);
                names[i] = known[name];
            }

            var sign = token.Kind == ScriptTokenKind.Sign ? _pool.Written[token.Start] : (byte)0;
            scopes[i] = resolved.Take(names[i], sign, isVar, isFunction);
        }

        return (names, scopes);
    }

    private void Write(ScriptToken token)
    {
        var bytes = _pool.Written.Slice(token.Start, token.Length);
        if (token.Kind is ScriptTokenKind.Name or ScriptTokenKind.Word)
        {
            WriteWord(bytes);
            return;
        }

        if (token.Kind == ScriptTokenKind.Text)
        {
            Write((byte)'"');
        }

        WriteLower(bytes);
        if (token.Kind == ScriptTokenKind.Text)
        {
            Write((byte)'"');
        }
    }

    private void WriteWord(ReadOnlySpan<byte> bytes)
    {
        // A word that begins with a hyphen is a number that did not fit 32 bits.
        if (copy.Last >= 0 && Ascii.IsNamePart((byte)copy.Last) && bytes.Length > 0 && (Ascii.IsNamePart(bytes[0]) || bytes[0] == '-'))
        {
            Write((byte)' ');
        }

        WriteLower(bytes);
    }

    private void WriteLower(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            Write(Ascii.IsSpace(value) ? (byte)' ' : Ascii.Lower(value));
        }
    }

    private void Write(byte value)
    {
        _endTagMatched = _endTagMatched < EndTag.Length && value == EndTag[_endTagMatched] ? _endTagMatched + 1 : value == '<' ? 1 : 0;
        copy.Write(value);
    }
}
