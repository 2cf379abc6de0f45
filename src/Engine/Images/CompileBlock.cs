using System.Buffers;
using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>One thing that was found in a block, in the order of its lines.</summary>
/// <param name="Digests">So many of <see cref="CompileBlock.Digests"/>; 0: one of the others.</param>
internal readonly record struct CompileItem(EncodedSignature? Signature, Diagnostic? Finding, int Digests);

/// <summary>Parses one block of a file and encodes what it finds: all that can be done without the rest of the set.</summary>
internal sealed class CompileBlock(string fileName, IgnoreList ignored) : SignatureReceiver
{
    private SignatureEncoder? _encoder;
    private readonly List<CompileItem> _items = [];
    private int _digests;

    public IReadOnlyList<CompileItem> Items => _items;

    /// <summary>The digests of the block, one behind the other.</summary>
    public ParsedDigests Digests { get; } = new();

    public SignatureParseSummary Summary { get; private set; } = new(0, 0, 0);

    /// <summary>Reads the block and returns its memory.</summary>
    public void Parse(SignatureBlock block, SignatureFile file)
    {
        using (block)
        {
            Digests.Reserve(block.Length);
            Summary = SignatureParser.ParseBlock(block, file, this, ignored.NeedsSourceMd5);
        }

        EndDigests();
    }

    public override bool TryAccept(in HashEntry entry)
    {
        if (ignored.MayCover(entry.Name))
        {
            return false;
        }

        Digests.Add(entry);
        _digests++;
        return true;
    }

    public override void Accept(Signature signature)
    {
        if (ignored.Covers(signature))
        {
            return;
        }

        EndDigests();
        try
        {
            _items.Add(new CompileItem((_encoder ??= new SignatureEncoder()).Encode(signature), null, 0));
        }
        catch (PatternTooWideException e)
        {
            _items.Add(new CompileItem(null, CompileCodes.TooWide(e, fileName, signature.Line), 0));
        }
    }

    public override void Report(Diagnostic diagnostic)
    {
        EndDigests();
        _items.Add(new CompileItem(null, diagnostic, 0));
    }

    private void EndDigests()
    {
        if (_digests > 0)
        {
            _items.Add(new CompileItem(null, null, _digests));
            _digests = 0;
        }
    }
}

/// <summary>
/// Digests packed one behind the other: u32 size, u8 kind, u8 purpose, u16 length of the name, then digest and name.
/// Shorter than the lines that they stand for. Its memory is lent: give it back.
/// </summary>
internal sealed class ParsedDigests
{
    private const int HeadBytes = 8;

    private byte[] _bytes = [];
    private int _length;

    /// <param name="bytes">Of the lines that are to be added.</param>
    public void Reserve(int bytes) => _bytes = ArrayPool<byte>.Shared.Rent(bytes + HeadBytes);

    public void Add(in HashEntry entry)
    {
        var entryBytes = _bytes.AsSpan(_length);
        BinaryPrimitives.WriteUInt32LittleEndian(entryBytes, entry.Size);
        (entryBytes[4], entryBytes[5]) = ((byte)entry.Kind, (byte)entry.Purpose);
        BinaryPrimitives.WriteUInt16LittleEndian(entryBytes[6..], (ushort)entry.Name.Length);
        entry.Value.CopyTo(entryBytes[HeadBytes..]);
        entry.Name.CopyTo(entryBytes[(HeadBytes + entry.Value.Length)..]);
        _length += HeadBytes + entry.Value.Length + entry.Name.Length;
    }

    /// <summary>The entry at a place; moves the place to the next.</summary>
    public HashEntry Read(ref int at)
    {
        var bytes = _bytes.AsSpan(at);
        var kind = (HashKind)bytes[4];
        var size = HashTable.SizeOf(kind);
        int name = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        at += HeadBytes + size + name;
        return new HashEntry
        {
            Size = BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            Kind = kind,
            Purpose = (HashPurpose)bytes[5],
            Value = bytes.Slice(HeadBytes, size),
            Name = bytes.Slice(HeadBytes + size, name),
        };
    }

    public void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
