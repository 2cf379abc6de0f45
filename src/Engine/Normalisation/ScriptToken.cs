namespace Engine.Normalisation;

/// <summary>What a token of a script is.</summary>
internal enum ScriptTokenKind : byte
{
    /// <summary>One byte that is written as it stands.</summary>
    Sign,

    /// <summary>A name that a declaration may rename.</summary>
    Name,

    /// <summary>Text that is written as it stands: a keyword, a number, the name of a member.</summary>
    Word,

    /// <summary>A string literal; its text is between the quotes, escapes resolved.</summary>
    Text,

    /// <summary>Folded away.</summary>
    Gone,
}

/// <summary>One token; its bytes lie in the pool of the block.</summary>
/// <param name="Start">First byte in the pool.</param>
/// <param name="Length">Bytes in the pool.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, int Start, int Length)
{
    public bool IsSign(ReadOnlySpan<byte> pool, char sign) => Kind == ScriptTokenKind.Sign && pool[Start] == sign;

    public bool Is(ReadOnlySpan<byte> pool, ReadOnlySpan<byte> text) => pool.Slice(Start, Length).SequenceEqual(text);
}
