using System.Security.Cryptography;
using Definitions.Signatures;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>
/// The digests of one object that somebody asks for, fed from the windows of whatever pass reads the object, so that it is
/// read once. Each is computed once; what no pass delivered, because a search ended early, is read when the value is
/// asked for. The hash states are made when first needed and reused. Not thread-safe.
/// </summary>
internal sealed class ObjectDigests
{
    /// <summary>In the order of reporting. An array: a span of enum constants would be allocated each time.</summary>
    public static readonly HashKind[] Kinds = [HashKind.Md5, HashKind.Sha1, HashKind.Sha256];

    /// <summary>Bytes read at a time when nobody else reads.</summary>
    private const int Step = 65536;

    private readonly IncrementalHash?[] _hashes = new IncrementalHash?[Kinds.Length];
    private readonly bool[] _isWanted = new bool[Kinds.Length];
    private readonly bool[] _isKnown = new bool[Kinds.Length];

    /// <summary>Per kind the bytes that went in; more than none and less than all: its hash state is in use.</summary>
    private readonly long[] _fed = new long[Kinds.Length];
    private readonly byte[] _values = new byte[Kinds.Length * SHA256.HashSizeInBytes];
    private long _length;

    /// <summary>Begins an object of so many bytes; nothing is wanted yet.</summary>
    public void Start(long length)
    {
        Span<byte> nowhere = stackalloc byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < Kinds.Length; i++)
        {
            if (_fed[i] > 0 && !_isKnown[i])
            {
                // An earlier object was left in the middle.
                _hashes[i]?.GetHashAndReset(nowhere);
            }

            (_isWanted[i], _isKnown[i], _fed[i]) = (false, false, 0);
        }

        _length = length;
    }

    /// <summary>Wants a digest; before the first bytes pass by, else they are read once more.</summary>
    public void Want(HashKind kind) => _isWanted[(int)kind] = true;

    /// <summary>Takes a digest that was computed before.</summary>
    public void Know(HashKind kind, ReadOnlySpan<byte> value)
    {
        value.CopyTo(_values.AsSpan((int)kind * SHA256.HashSizeInBytes, SizeOf(kind)));
        _isKnown[(int)kind] = true;
    }

    /// <summary>True while bytes are missing for something that is wanted.</summary>
    public bool IsHungry
    {
        get
        {
            for (var i = 0; i < Kinds.Length; i++)
            {
                if (_isWanted[i] && !_isKnown[i])
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes bytes of the object that pass by; what went in before is left out, and so is what follows a gap.</summary>
    public void Append(long offset, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < Kinds.Length; i++)
        {
            var skip = _fed[i] - offset;
            if (_isWanted[i] && !_isKnown[i] && skip >= 0 && skip < bytes.Length)
            {
                Feed(i, bytes[(int)skip..]);
            }
        }
    }

    /// <summary>The digest of the whole object; valid until the next object.</summary>
    /// <param name="content">The object: bytes that did not pass by are read.</param>
    /// <param name="progress">Called for every 64 KiB that are read; may throw.</param>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public ReadOnlySpan<byte> Value(HashKind kind, ObjectContent content, Action progress)
    {
        _isWanted[(int)kind] = true;
        while (!_isKnown[(int)kind] && _fed[(int)kind] < _length)
        {
            progress();
            var offset = _fed[(int)kind];
            var count = (int)Math.Min(Step, _length - offset);
            var bytes = content.Window(offset, count);
            Append(offset, bytes.Length == count
                ? bytes
                : throw new IOException("The object has fewer bytes than it had."));
        }

        if (!_isKnown[(int)kind])
        {
            // An object without bytes.
            Feed((int)kind, default);
        }

        return _values.AsSpan((int)kind * SHA256.HashSizeInBytes, SizeOf(kind));
    }

    private void Feed(int index, ReadOnlySpan<byte> bytes)
    {
        var value = _values.AsSpan(index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
        if (bytes.Length == _length)
        {
            // The whole object at once needs no state.
            HashAll(Kinds[index], bytes, value);
        }
        else
        {
            var hash = _hashes[index] ??= Create(Kinds[index]);
            hash.AppendData(bytes);
            if (_fed[index] + bytes.Length == _length)
            {
                hash.GetHashAndReset(value);
            }
        }

        _fed[index] += bytes.Length;
        _isKnown[index] = _fed[index] == _length;
    }

    private static int SizeOf(HashKind kind) => kind switch
    {
        HashKind.Md5 => MD5.HashSizeInBytes,
        HashKind.Sha1 => SHA1.HashSizeInBytes,
        HashKind.Sha256 => SHA256.HashSizeInBytes,
    };

#pragma warning disable CA5350, CA5351 // The signature formats are defined on these digests.
    private static int HashAll(HashKind kind, ReadOnlySpan<byte> bytes, Span<byte> value) => kind switch
    {
        HashKind.Md5 => MD5.HashData(bytes, value),
        HashKind.Sha1 => SHA1.HashData(bytes, value),
        HashKind.Sha256 => SHA256.HashData(bytes, value),
    };
#pragma warning restore CA5350, CA5351

    private static IncrementalHash Create(HashKind kind) => IncrementalHash.CreateHash(kind switch
    {
        HashKind.Md5 => HashAlgorithmName.MD5,
        HashKind.Sha1 => HashAlgorithmName.SHA1,
        HashKind.Sha256 => HashAlgorithmName.SHA256,
    });
}
