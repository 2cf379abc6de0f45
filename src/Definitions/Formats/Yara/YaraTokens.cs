using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>A lexer with the current token, and on request the one behind it.</summary>
internal sealed class YaraTokens(YaraLexer lexer)
{
    private YaraToken? _peeked;

    public YaraLexer Lexer { get; } = lexer;

    public YaraToken Current { get; private set; } = lexer.Next();

    /// <summary>Moves on and returns the token that was current.</summary>
    public YaraToken Take()
    {
        var taken = Current;
        Current = _peeked ?? Lexer.Next();
        _peeked = null;
        return taken;
    }

    /// <summary>The token behind the current one; the lexer stands behind it.</summary>
    public YaraToken Peek()
    {
        _peeked ??= Lexer.Next();
        return _peeked.Value;
    }

    /// <summary>Goes on where the lexer stands now, after it was moved by hand.</summary>
    public void Resume()
    {
        _peeked = null;
        Current = Lexer.Next();
    }

    /// <summary>Where the reader stands, to read on from here once more.</summary>
    public (YaraToken Current, YaraToken? Peeked, YaraLexer.Place Place) Mark() => (Current, _peeked, Lexer.Position);

    public void Return((YaraToken Current, YaraToken? Peeked, YaraLexer.Place Place) mark)
    {
        (Current, _peeked, Lexer.Position) = mark;
    }

    public bool TryTake(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        Take();
        return true;
    }

    /// <exception cref="YaraException">Something else stands there.</exception>
    public YaraToken Expect(string text) => Current.Is(text) ? Take() : throw Unexpected($"'{text}'");

    /// <exception cref="YaraException">Something else stands there.</exception>
    public YaraToken Expect(YaraTokenKind kind, string what) => Current.Kind == kind ? Take() : throw Unexpected(what);

    public YaraException Unexpected(string expected) => new(
        SignatureCodes.RuleSyntax, Current,
        Current.Kind == YaraTokenKind.End
            ? $"The file ends where {expected} is expected."
            : $"'{PlainText.Of(Current.Text.Length > 40 ? Current.Text[..40] : Current.Text)}' stands where {expected} is expected.");
}
