using System.Runtime.InteropServices;

namespace Engine.Normalisation;

/// <summary>
/// Folds what scripts hide strings with (clamav-formats.md §3.12): <c>"a"+"b"</c>, <c>unescape("%41")</c> and
/// <c>eval("code")</c>, whose code takes the place of the call and of a semicolon behind it. Each step makes the script shorter, so the work is
/// bounded by its length times <see cref="MaxDepth"/>.
/// </summary>
internal static class ScriptFolding
{
    /// <summary>Code in strings in code in strings; deeper ones stay as they stand.</summary>
    private const int MaxDepth = 8;

    /// <summary>Folds the tokens from <paramref name="first"/> on, in place.</summary>
    /// <param name="code">What they were read from: a name that it does not hold is none of theirs.</param>
    public static void Fold(ReadOnlySpan<byte> code, List<ScriptToken> tokens, ByteAppender pool, int first = 0, int depth = 0)
    {
        Concatenate(tokens, pool, first);
        if (code.IndexOf("unescape"u8) >= 0)
        {
            Unescape(tokens, pool, first);
            Compact(tokens, first);
        }

        if (depth < MaxDepth && code.IndexOf("eval"u8) >= 0)
        {
            Evaluate(tokens, pool, first, depth);
        }
    }

    private static void Concatenate(List<ScriptToken> tokens, ByteAppender pool, int first)
    {
        var span = CollectionsMarshal.AsSpan(tokens);
        var isChanged = false;
        for (var i = first; i < span.Length; i++)
        {
            var last = i;
            while (last + 2 < span.Length && span[i].Kind == ScriptTokenKind.Text
                && span[last + 1].IsSign(pool.Written, '+') && span[last + 2].Kind == ScriptTokenKind.Text)
            {
                last += 2;
            }

            if (last == i)
            {
                continue;
            }

            var start = pool.Length;
            for (var part = i; part <= last; part += 2)
            {
                pool.AppendOwn(span[part].Start, span[part].Length);
            }

            span[i] = new ScriptToken(ScriptTokenKind.Text, start, pool.Length - start);
            for (var gone = i + 1; gone <= last; gone++)
            {
                span[gone] = default(ScriptToken) with { Kind = ScriptTokenKind.Gone };
            }

            i = last;
            isChanged = true;
        }

        if (isChanged)
        {
            Compact(tokens, first);
        }
    }

    /// <summary><c>unescape ( "…" )</c>: whatever stands in the place of the closing parenthesis goes with it.</summary>
    private static void Unescape(List<ScriptToken> tokens, ByteAppender pool, int first)
    {
        var span = CollectionsMarshal.AsSpan(tokens);
        for (var i = first; i + 3 < span.Length; i++)
        {
            if (!IsCall(span, i, pool, "unescape"u8))
            {
                continue;
            }

            var text = span[i + 2];
            var start = pool.Length;
            for (var at = 0; at < text.Length;)
            {
                at += AppendUnescaped(pool, text, at);
            }

            span[i] = new ScriptToken(ScriptTokenKind.Text, start, pool.Length - start);
            span[(i + 1)..(i + 4)].Fill(default(ScriptToken) with { Kind = ScriptTokenKind.Gone });
            i += 3;
        }
    }

    private static int AppendUnescaped(ByteAppender pool, ScriptToken text, int at)
    {
        var rest = pool.Written.Slice(text.Start + at, text.Length - at);
        if (rest[0] == '%' && rest.Length > 1 && rest[1] == 'u' && ScriptTokenizer.TryHex(rest, 2, 4, out var unit))
        {
            ScriptTokenizer.AppendUtf8(unit, pool);
            return 6;
        }

        if (rest[0] == '%' && ScriptTokenizer.TryHex(rest, 1, 2, out var value))
        {
            pool.Append((byte)Math.Max(value, 1));
            return 3;
        }

        pool.Append(rest[0]);
        return 1;
    }

    private static void Evaluate(List<ScriptToken> tokens, ByteAppender pool, int first, int depth)
    {
        var at = FindEval(tokens, pool, first);
        if (at < 0)
        {
            return;
        }

        // Rebuilt behind the untouched head, so that many calls cost one pass.
        var rest = tokens.GetRange(at, tokens.Count - at);
        tokens.RemoveRange(at, tokens.Count - at);
        var span = CollectionsMarshal.AsSpan(rest);
        for (var i = 0; i < span.Length; i++)
        {
            if (!IsCall(span, i, pool, "eval"u8))
            {
                tokens.Add(span[i]);
                continue;
            }

            var code = pool.Written.Slice(span[i + 2].Start, span[i + 2].Length).ToArray();
            var inner = tokens.Count;
            ScriptTokenizer.Read(code, pool, tokens);
            Fold(code, tokens, pool, inner, depth + 1);
            i += i + 4 < span.Length && span[i + 4].IsSign(pool.Written, ';') ? 4 : 3;
        }
    }

    private static int FindEval(List<ScriptToken> tokens, ByteAppender pool, int first)
    {
        var span = CollectionsMarshal.AsSpan(tokens);
        for (var i = first; i + 3 < span.Length; i++)
        {
            if (IsCall(span, i, pool, "eval"u8))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsCall(ReadOnlySpan<ScriptToken> tokens, int at, ByteAppender pool, ReadOnlySpan<byte> name) =>
        at + 3 < tokens.Length
        && tokens[at].Kind == ScriptTokenKind.Name && tokens[at].Is(pool.Written, name)
        && tokens[at + 1].IsSign(pool.Written, '(')
        && tokens[at + 2].Kind == ScriptTokenKind.Text;

    private static void Compact(List<ScriptToken> tokens, int first)
    {
        var span = CollectionsMarshal.AsSpan(tokens);
        var kept = first;
        for (var i = first; i < span.Length; i++)
        {
            if (span[i].Kind != ScriptTokenKind.Gone)
            {
                span[kept++] = span[i];
            }
        }

        tokens.RemoveRange(kept, tokens.Count - kept);
    }
}
