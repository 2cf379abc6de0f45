namespace Engine.Decomposition.Archives;

/// <summary>The traditional encryption of ZIP (APPNOTE §6.1): three keys that each plain byte moves on.</summary>
internal struct ZipCrypto
{
    /// <summary>Random bytes before the data; the last one tells most wrong passwords.</summary>
    public const int HeaderBytes = 12;

    private uint _key0 = 0x1234_5678;
    private uint _key1 = 0x2345_6789;
    private uint _key2 = 0x3456_7890;

    public ZipCrypto(ReadOnlySpan<byte> password)
    {
        foreach (var b in password)
        {
            MoveOn(b);
        }
    }

    /// <summary>Decrypts in place.</summary>
    public void Decrypt(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var mask = (_key2 & 0xFFFF) | 2;
            bytes[i] ^= (byte)((mask * (mask ^ 1)) >> 8);
            MoveOn(bytes[i]);
        }
    }

    private void MoveOn(byte plain)
    {
        _key0 = Crc32.Step(_key0, plain);
        _key1 = ((_key1 + (_key0 & 0xFF)) * 134_775_813) + 1;
        _key2 = Crc32.Step(_key2, (byte)(_key1 >> 24));
    }
}

/// <summary>Decrypts what is read from an encrypted member, behind its header.</summary>
internal sealed class ZipCryptoStream(Stream encrypted, ZipCrypto keys) : DecodingStream
{
    private ZipCrypto _keys = keys;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = encrypted.Read(buffer, offset, count);
        _keys.Decrypt(buffer.AsSpan(offset, read));
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            encrypted.Dispose();
        }

        base.Dispose(disposing);
    }
}
