using System.Text;
using System.Text.Json.Nodes;
using Definitions.Packages;

namespace Definitions.Tests.Packages;

/// <summary>Builds packages that the writer would never write.</summary>
internal sealed class RawPackage
{
    private readonly List<byte[]> _payload = [];

    /// <summary>The manifest as JSON, to be bent; <c>packedBytes</c> is filled in by <see cref="Build"/> unless set.</summary>
    public JsonObject Manifest { get; } = new()
    {
        ["format"] = 1,
        ["name"] = "core",
        ["version"] = "20261122.001",
        ["sequence"] = 1L,
        ["kind"] = "signatures",
        ["minimumEngine"] = "1.0.0.0",
        ["unpackedBytes"] = 0L,
        ["files"] = new JsonArray(),
        ["signatureCounts"] = new JsonObject(),
        ["probes"] = new JsonArray(),
    };

    public string FirstEntryName { get; init; } = "manifest.json";

    public int EndBlocks { get; init; } = 2;

    /// <summary>Lists a file in the manifest.</summary>
    public RawPackage List(string name, byte[] content, long? size = null)
    {
        Manifest["files"]!.AsArray().Add(new JsonObject
        {
            ["name"] = name,
            ["size"] = size ?? content.Length,
            ["sha256"] = Digest.Of(content).ToString(),
        });
        Manifest["unpackedBytes"] = (long)Manifest["unpackedBytes"]! + (size ?? content.Length);
        return this;
    }

    /// <summary>Adds an entry to the archive.</summary>
    public RawPackage Entry(string name, byte[] content, char kind = '0', string link = "", long? size = null)
    {
        _payload.Add(Header(name, size ?? content.Length, kind, link));
        _payload.Add(content);
        _payload.Add(new byte[TarHeader.Padding(content.Length)]);
        return this;
    }

    public RawPackage Blocks(byte[] bytes)
    {
        _payload.Add(bytes);
        return this;
    }

    public RawPackage File(string name, byte[] content) => List(name, content).Entry(name, content);

    public byte[] Build()
    {
        var payload = Frame([.. _payload, new byte[EndBlocks * TarHeader.BlockSize]]);
        Manifest["packedBytes"] ??= (long)payload.Length;
        var json = Encoding.UTF8.GetBytes(Manifest.ToJsonString());
        var manifest = Frame([Header(FirstEntryName, json.Length, '0', ""), json, new byte[TarHeader.Padding(json.Length)]]);
        return [.. manifest, .. payload];
    }

    public static byte[] Frame(IReadOnlyList<byte[]> parts)
    {
        using var bytes = new MemoryStream();
        ZstdFrame.Compress(bytes, parts.Sum(part => (long)part.Length), frame =>
        {
            foreach (var part in parts)
            {
                frame.Write(part);
            }
        });
        return bytes.ToArray();
    }

    private static byte[] Header(string name, long size, char kind, string link)
    {
        var block = new byte[TarHeader.BlockSize];
        new TarHeader(name, size).WriteTo(block);
        block[156] = (byte)kind;
        Encoding.ASCII.GetBytes(link, block.AsSpan(157));
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = block.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", block.AsSpan(148));
        return block;
    }
}
