using System.Security.Cryptography;
using Definitions;

namespace Engine.Objects;

/// <summary>SHA-256 of a whole object, read once from start to end.</summary>
internal static class ObjectDigest
{
    private const int Step = 64 * 1024;

    /// <param name="progress">Called for every 64 KiB; may throw.</param>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public static Digest Sha256(ObjectContent content, Action progress)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < content.Length;)
        {
            progress();
            var part = content.Window(offset, Step);
            hash.AppendData(part);
            offset += part.Length;
        }

        return Digest.Of(hash);
    }
}
