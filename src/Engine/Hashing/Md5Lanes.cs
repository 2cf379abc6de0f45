using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Engine.Hashing;

/// <summary>
/// MD5 (RFC 1321) of many messages: as many at once as the processor has 32-bit lanes, each lane on the next message when its
/// own is done. Where there are no such lanes the messages are hashed one after the other. Holds its buffers for the next
/// call; not thread-safe.
/// </summary>
internal sealed class Md5Lanes
{
    private const int BlockBytes = 64;

    /// <summary>Blocks brought together per lane at a time: all lanes' fit the first-level cache.</summary>
    private const int StagedBytes = 16 * BlockBytes;

    private readonly int _lanes;
    private readonly byte[] _staged;
    private readonly uint[] _state;
    private readonly int[] _starts;
    private readonly Lane[] _at;

    public Md5Lanes()
        : this(Width)
    {
    }

    /// <param name="lanes">16 or 8 where the processor has them, else 1; for tests.</param>
    internal Md5Lanes(int lanes)
    {
        _lanes = lanes;
        _staged = lanes == 1 ? [] : new byte[lanes * StagedBytes];
        _state = new uint[4 * lanes];
        _starts = new int[lanes];
        _at = new Lane[lanes];
    }

    /// <summary>Messages hashed at once; 1 = no gain.</summary>
    public static int Width => Md5Kernel16.IsUsable ? Md5Kernel16.Lanes : Md5Kernel8.IsUsable ? Md5Kernel8.Lanes : 1;

    /// <param name="messages">Long ones first keep the lanes busy to the end.</param>
    /// <param name="digests">16 bytes for each.</param>
    public void Hash(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<byte> digests)
    {
        if (_lanes == 1 || messages.Length == 1)
        {
            for (var i = 0; i < messages.Length; i++)
            {
#pragma warning disable CA5351 // The signature formats are defined on MD5.
                MD5.HashData(messages[i].Span, digests[(i * MD5.HashSizeInBytes)..]);
#pragma warning restore CA5351
            }

            return;
        }

        var next = 0;
        var busy = 0;
        for (var lane = 0; lane < _lanes; lane++)
        {
            _at[lane] = new Lane { Message = -1 };
            busy += TakeNext(lane, messages, ref next) ? 1 : 0;
        }

        while (busy > 0)
        {
            Advance(messages);
            for (var lane = 0; lane < _lanes; lane++)
            {
                if (_at[lane].Message >= 0 && _at[lane].IsDone)
                {
                    ReadState(lane, digests.Slice(_at[lane].Message * MD5.HashSizeInBytes, MD5.HashSizeInBytes));
                    busy -= TakeNext(lane, messages, ref next) ? 0 : 1;
                }
            }
        }
    }

    /// <summary>Brings bytes together where a lane has none, and hashes what every busy lane has.</summary>
    private void Advance(ReadOnlySpan<ReadOnlyMemory<byte>> messages)
    {
        var blocks = StagedBytes / BlockBytes;
        for (var lane = 0; lane < _lanes; lane++)
        {
            ref var at = ref _at[lane];
            if (at.Message >= 0)
            {
                if (at.Staged == 0)
                {
                    at.Stage(messages[at.Message].Span, _staged.AsSpan(lane * StagedBytes, StagedBytes));
                }

                blocks = Math.Min(blocks, at.Staged / BlockBytes);
            }
        }

        for (var lane = 0; lane < _lanes; lane++)
        {
            // An idle lane hashes what lies there; nobody reads its state.
            _starts[lane] = (lane * StagedBytes) + (_at[lane].Message < 0 ? 0 : _at[lane].Next);
        }

        if (_lanes == Md5Kernel16.Lanes)
        {
            Md5Kernel16.Run(_state, _staged, _starts, blocks);
        }
        else
        {
            Md5Kernel8.Run(_state, _staged, _starts, blocks);
        }

        for (var lane = 0; lane < _lanes; lane++)
        {
            _at[lane].Next += blocks * BlockBytes;
            _at[lane].Staged -= blocks * BlockBytes;
        }
    }

    private bool TakeNext(int lane, ReadOnlySpan<ReadOnlyMemory<byte>> messages, ref int next)
    {
        if (next == messages.Length)
        {
            _at[lane].Message = -1;
            return false;
        }

        _at[lane] = new Lane { Message = next, Remaining = PaddedLength(messages[next].Length) };
        next++;
        (_state[lane], _state[_lanes + lane]) = (0x67452301, 0xEFCDAB89);
        (_state[(2 * _lanes) + lane], _state[(3 * _lanes) + lane]) = (0x98BADCFE, 0x10325476);
        return true;
    }

    private void ReadState(int lane, Span<byte> digest)
    {
        for (var word = 0; word < 4; word++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * word)..], _state[(word * _lanes) + lane]);
        }
    }

    /// <summary>With the bit 1, zeros, and the length in 64 bits (RFC 1321 §3.1, §3.2).</summary>
    private static long PaddedLength(long length) => ((length + 8) / BlockBytes * BlockBytes) + BlockBytes;

    /// <summary>Where a lane is in its message.</summary>
    private struct Lane
    {
        /// <summary>Index of the message; -1 = idle.</summary>
        public int Message;

        /// <summary>Padded bytes of it that were not brought together yet.</summary>
        public long Remaining;

        /// <summary>Bytes brought together and not hashed yet, and where they begin in the lane's part of the buffer.</summary>
        public int Staged;
        public int Next;

        public readonly bool IsDone => Remaining == 0 && Staged == 0;

        /// <summary>Copies the next bytes of the padded message.</summary>
        public void Stage(ReadOnlySpan<byte> message, Span<byte> target)
        {
            var from = PaddedLength(message.Length) - Remaining;
            var count = (int)Math.Min(target.Length, Remaining);
            target = target[..count];
            var own = (int)Math.Clamp(message.Length - from, 0, count);
            message.Slice((int)Math.Min(from, message.Length), own).CopyTo(target);
            target[own..].Clear();
            if (message.Length >= from && message.Length < from + count)
            {
                target[own] = 0x80;
            }

            Remaining -= count;
            if (Remaining == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(target[^8..], (ulong)message.Length * 8);
            }

            (Staged, Next) = (count, 0);
        }
    }
}
