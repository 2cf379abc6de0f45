using Engine.Executables;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>An object's bytes as the verification sees them: the current window where it reaches, else a look elsewhere.</summary>
internal readonly ref struct ContentView(
    ObjectContent content, long length, ReadOnlySpan<byte> window, long windowStart, ExecutableLayout? executable = null)
{
    private readonly ReadOnlySpan<byte> _window = window;

    /// <summary>Bytes in the object.</summary>
    public long Length { get; } = length;

    /// <summary>What offsets such as <c>EP+n</c> are measured by; null = they never match.</summary>
    public ExecutableLayout? Executable { get; } = executable;

    /// <summary>
    /// Bytes from an offset on, cut at the end of the object; valid until the next call.
    /// </summary>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public ReadOnlySpan<byte> Get(long offset, long count)
    {
        count = Math.Min(count, Length - offset);
        var inWindow = offset - windowStart;
        if (inWindow >= 0 && inWindow + count <= _window.Length)
        {
            return _window.Slice((int)inWindow, (int)count);
        }

        var bytes = content.Peek(offset, (int)count);
        return bytes.Length == count
            ? bytes
            : throw new IOException("The object has fewer bytes than it had.");
    }

    /// <summary>The same, but it may be fewer: at least <paramref name="enough"/> when the window holds that many.</summary>
    public ReadOnlySpan<byte> GetSome(long offset, int enough, long count)
    {
        var inWindow = offset - windowStart;
        if (inWindow >= 0 && inWindow <= _window.Length - enough)
        {
            count = Math.Min(count, _window.Length - inWindow);
        }

        return Get(offset, count);
    }
}
