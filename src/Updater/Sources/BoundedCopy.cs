using System.Buffers;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>The one loop that takes bytes from outside: counts while it reads and stops at the limit.</summary>
internal static class BoundedCopy
{
    private const int BufferBytes = 64 << 10;

    /// <param name="destination">
    /// Rewound and cut to where it stood if the copy fails, when it can seek: a second try begins on clean ground.
    /// </param>
    /// <param name="maxBytes">At most this many are written; the next byte is read only to know that there is one.</param>
    /// <param name="what">For messages.</param>
    /// <param name="onRead">Called with the number of bytes of each read.</param>
    /// <returns>Bytes copied.</returns>
    /// <exception cref="SourceException">
    /// <see cref="SourceException.IsTooLong"/>, or <see cref="FailureReason.SourceUnreachable"/> when reading failed.
    /// </exception>
    /// <exception cref="IOException">Writing to <paramref name="destination"/> failed: our disk, not their server.</exception>
    public static async Task<long> RunAsync(
        Stream source,
        Stream destination,
        long maxBytes,
        string what,
        Action<int>? onRead,
        CancellationToken cancellationToken)
    {
        var start = destination.CanSeek ? destination.Position : 0;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long total = 0;
            while (await ReadAsync(source, buffer, what, cancellationToken) is > 0 and var read)
            {
                onRead?.Invoke(read);
                if (read > maxBytes - total)
                {
                    throw new SourceException(FailureReason.SourceAnswer, $"{what} is longer than {maxBytes} bytes.")
                    {
                        IsTooLong = true,
                    };
                }

                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                total += read;
            }

            return total;
        }
        catch
        {
            if (destination.CanSeek)
            {
                destination.Position = start;
                destination.SetLength(start);
            }

            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(
        Stream source, byte[] buffer, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A connection that ends before Content-Length is reached comes here too.
            throw new SourceException(
                FailureReason.SourceUnreachable, $"{what} could not be read to its end. {e.Message}", null, e)
            {
                IsRepeatable = true,
            };
        }
    }
}
