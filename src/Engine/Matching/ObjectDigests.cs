using System.Security.Cryptography;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The digests of one object that some table may hold, computed together while its bytes pass by once. The hash
/// states are made once and reused.
/// </summary>
internal sealed class ObjectDigests
{
    /// <summary>In the order of reporting. An array: a span of enum constants would be allocated each time.</summary>
    public static readonly HashKind[] Kinds = [HashKind.Md5, HashKind.Sha1, HashKind.Sha256];

    private readonly IncrementalHash?[] _hashes = new IncrementalHash?[Kinds.Length];
    private readonly bool[] _isDue = new bool[Kinds.Length];
    private readonly byte[] _value = new byte[SHA256.HashSizeInBytes];
    private bool _isDirty;

    /// <summary>True when at least one digest is due for the current object.</summary>
    public bool AnyDue { get; private set; }

    /// <summary>Begins an object.</summary>
    /// <param name="isNone">True: no digest is due, whatever the images hold.</param>
    public void Start(IReadOnlyList<Image> images, HashPurpose purpose, long length, bool isNone = false)
    {
        AnyDue = false;
        foreach (var kind in Kinds)
        {
            if (_isDirty && _isDue[(int)kind])
            {
                // An earlier object was left in the middle.
                _hashes[(int)kind]!.GetHashAndReset(_value);
            }

            _isDue[(int)kind] = !isNone && HashIndex.IsDue(images, purpose, kind, length);
            AnyDue |= _isDue[(int)kind];
        }

        _isDirty = false;
    }

    /// <summary>Takes the next bytes of the object.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _isDirty = true;
        foreach (var kind in Kinds)
        {
            if (_isDue[(int)kind])
            {
                (_hashes[(int)kind] ??= Create(kind)).AppendData(bytes);
            }
        }
    }

    /// <summary>The digest of what was appended; valid until the next call, once per object and kind. Empty: not due.</summary>
    public ReadOnlySpan<byte> Finish(HashKind kind)
    {
        if (!_isDue[(int)kind])
        {
            return default;
        }

        _isDue[(int)kind] = false;
        var hash = _hashes[(int)kind] ??= Create(kind);
        return _value.AsSpan(0, hash.GetHashAndReset(_value));
    }

    private static IncrementalHash Create(HashKind kind) => IncrementalHash.CreateHash(kind switch
    {
        HashKind.Md5 => HashAlgorithmName.MD5,
        HashKind.Sha1 => HashAlgorithmName.SHA1,
        HashKind.Sha256 => HashAlgorithmName.SHA256,
    });
}
