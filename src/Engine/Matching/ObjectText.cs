using System.Buffers;
using Definitions.Signatures;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// One object decoded to characters for regular expressions, once, when the first of them is triggered. The characters
/// are pooled. Not thread-safe.
/// </summary>
internal sealed class ObjectText
{
    private const int DecodeStep = 65536;

    private char[]? _characters;

    /// <summary>A character for each byte.</summary>
    /// <param name="content">The same until <see cref="End"/>.</param>
    /// <exception cref="IOException">The object could not be read.</exception>
    public ReadOnlySpan<char> Of(ObjectContent content)
    {
        var length = (int)content.Length;
        if (_characters is null)
        {
            _characters = ArrayPool<char>.Shared.Rent(length);
            for (var at = 0; at < length;)
            {
                var bytes = content.Window(at, Math.Min(DecodeStep, length - at));
                if (bytes.IsEmpty)
                {
                    throw new IOException("The object has fewer bytes than it had.");
                }

                RegexText.Decode(bytes, _characters.AsSpan(at));
                at += bytes.Length;
            }
        }

        return _characters.AsSpan(0, length);
    }

    /// <summary>Gives the characters back.</summary>
    public void End()
    {
        if (_characters is not null)
        {
            ArrayPool<char>.Shared.Return(_characters);
            _characters = null;
        }
    }
}
