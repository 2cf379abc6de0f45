using System.Globalization;

namespace Engine.Normalisation;

/// <summary>
/// The script copy of an HTML document (clamav-formats.md §3.12): its scripts one after the other, each between
/// <c>&lt;script&gt;</c> and <c>&lt;/script&gt;</c>, declared names as <c>n000</c>, <c>n001</c> …, strings folded,
/// blanks only where two names would run together, all in lower case. A script is collected whole up to
/// <see cref="MaxBlockBytes"/>; a longer one is taken in pieces of that size, each with names of its own.
/// </summary>
internal sealed class ScriptNormaliser
{
    /// <summary>Bytes of one script that are read together; bounds the memory for its tokens.</summary>
    public const int MaxBlockBytes = 1 << 20;

    /// <summary>Output that is handed on at a time.</summary>
    private const int FlushBytes = 16 * 1024;

    private readonly CopyWriter _copy;
    private readonly ByteAppender _code = new();
    private readonly ByteAppender _pool = new();
    private readonly ByteAppender _output = new();
    private readonly List<ScriptToken> _tokens = [];
    private readonly ScriptNames _known;
    private readonly byte[] _tail = new byte[EndTag.Length];
    private int[] _names = [];
    private int[] _scopes = [];
    private bool _isFirst = true;

    public ScriptNormaliser(CopyWriter copy) => (_copy, _known) = (copy, new ScriptNames(_pool));

    private static ReadOnlySpan<byte> EndTag => "</script>"u8;

    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void Start()
    {
        _copy.Write(_isFirst ? "<script>"u8 : "\n<script>"u8);
        _isFirst = false;
        _tail.AsSpan().Clear();
        _code.Clear();
    }

    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void Append(byte value)
    {
        _code.Append(value);
        if (_code.Length == MaxBlockBytes)
        {
            WriteBlock();
            _code.Clear();
        }
    }

    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, MaxBlockBytes - _code.Length);
            _code.Append(bytes[..count]);
            bytes = bytes[count..];
            if (_code.Length == MaxBlockBytes)
            {
                WriteBlock();
                _code.Clear();
            }
        }
    }

    /// <summary>Ends the script, whose end tag was appended too.</summary>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void End()
    {
        WriteBlock();
        if (!_tail.AsSpan().SequenceEqual(EndTag))
        {
            _copy.Write(EndTag);
        }

        _code.Clear();
    }

    private void WriteBlock()
    {
        _tokens.Clear();
        _pool.Clear();
        ScriptTokenizer.Read(_code.Written, _pool, _tokens);
        var unclosed = CountUnclosed();
        ScriptFolding.Fold(_code.Written, _tokens, _pool);
        var resolved = Resolve();
        for (var i = 0; i < _tokens.Count; i++)
        {
            if (_names[i] >= 0 && resolved.Find(_scopes[i], _names[i]) is var id and >= 0)
            {
                WriteRenamed(id);
            }
            else
            {
                Write(_tokens[i]);
            }

            if (_output.Length >= FlushBytes)
            {
                Flush();
            }
        }

        for (; unclosed > 0; unclosed--)
        {
            _output.Append((byte)')');
        }

        Flush();
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

    /// <summary>Finds the name and the scope of every token.</summary>
    private ScriptScopes Resolve()
    {
        var resolved = new ScriptScopes();
        _known.Clear();
        if (_names.Length < _tokens.Count)
        {
            (_names, _scopes) = (new int[_tokens.Capacity], new int[_tokens.Capacity]);
        }

        for (var i = 0; i < _tokens.Count; i++)
        {
            var token = _tokens[i];
            var isName = token.Kind == ScriptTokenKind.Name;
            var isVar = isName && token.Is(_pool.Written, "var"u8);
            var isFunction = isName && token.Is(_pool.Written, "function"u8);
            _names[i] = isName && !isVar && !isFunction ? _known.NumberOf(token) : -1;
            var sign = token.Kind == ScriptTokenKind.Sign ? _pool.Written[token.Start] : (byte)0;
            _scopes[i] = resolved.Take(_names[i], sign, isVar, isFunction);
        }

        return resolved;
    }

    private void Write(ScriptToken token)
    {
        var bytes = _pool.Written.Slice(token.Start, token.Length);
        switch (token.Kind)
        {
            case ScriptTokenKind.Name or ScriptTokenKind.Word:
                WriteWord(bytes);
                break;
            case ScriptTokenKind.Text:
                _output.Append((byte)'"');
                WriteLower(bytes);
                _output.Append((byte)'"');
                break;
            default:
                _output.Append(Ascii.LowerBlank(bytes[0]));
                break;
        }
    }

    private void WriteRenamed(int id)
    {
        Span<byte> name = stackalloc byte[16];
        name[0] = (byte)'n';
        id.TryFormat(name[1..], out var written, "d3", CultureInfo.InvariantCulture);
        WriteWord(name[..(written + 1)]);
    }

    private void WriteWord(ReadOnlySpan<byte> bytes)
    {
        // A word that begins with a hyphen is a number that did not fit 32 bits.
        var last = _output.Length > 0 ? _output.Written[^1] : _copy.Last;
        if (last >= 0 && Ascii.IsNamePart((byte)last) && bytes.Length > 0 && (Ascii.IsNamePart(bytes[0]) || bytes[0] == '-'))
        {
            _output.Append((byte)' ');
        }

        WriteLower(bytes);
    }

    private void WriteLower(ReadOnlySpan<byte> bytes)
    {
        var output = _output.Take(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            output[i] = Ascii.LowerBlank(bytes[i]);
        }
    }

    private void Flush()
    {
        var output = _output.Written;
        if (output.Length >= _tail.Length)
        {
            output[^_tail.Length..].CopyTo(_tail);
        }
        else
        {
            _tail.AsSpan(output.Length).CopyTo(_tail);
            output.CopyTo(_tail.AsSpan(_tail.Length - output.Length));
        }

        _copy.Write(output);
        _output.Clear();
    }
}
