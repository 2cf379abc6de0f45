using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>One line of the index.</summary>
/// <param name="Name">A member's name; not checked for being a safe file name.</param>
/// <param name="Size">Bytes, 0 or more.</param>
/// <param name="Sha256">Of the member's content.</param>
public sealed record IndexedMember(string Name, long Size, Digest Sha256);

/// <summary>
/// The <c>.info</c> member: the release, size and SHA-256 of each member, and the signature over all of that
/// (clamav-formats.md §1.5). Reading it decides nothing about trust; <see cref="IsSignedBy"/> does.
/// </summary>
public sealed class ContainerIndex
{
    /// <summary>The extension of the index, a dot in front.</summary>
    public const string Extension = ".info";

    private const long MaxMemberBytes = 1L << 40;

    private readonly Dictionary<string, IndexedMember> _byName;

    private ContainerIndex(ContainerHeader header, IReadOnlyList<IndexedMember> members, Digest signedDigest, string? signature)
    {
        Header = header;
        Members = members;
        SignedDigest = signedDigest;
        Signature = signature;
        _byName = members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    /// <summary>The release; MD5 and signature are absent.</summary>
    public ContainerHeader Header { get; }

    /// <summary>At least one, in the order of the lines; no name comes twice.</summary>
    public IReadOnlyList<IndexedMember> Members { get; }

    /// <summary>SHA-256 of all bytes before <c>DSIG:</c>.</summary>
    public Digest SignedDigest { get; }

    /// <summary>The text behind <c>DSIG:</c>; null when the index has no such line.</summary>
    public string? Signature { get; }

    /// <summary>Null when the index does not list the name; case matters.</summary>
    public IndexedMember? Find(string name) => _byName.GetValueOrDefault(name);

    /// <param name="key">Key B.</param>
    public bool IsSignedBy(ClamAvKey key) => Signature is not null && SaltedSignature.IsValid(key, SignedDigest, Signature);

    /// <summary>Reads a whole <c>.info</c> member.</summary>
    /// <param name="content">Each line ends in LF, a CR in front of it is allowed.</param>
    /// <exception cref="RefusedException"><c>DatabaseMalformed</c>, or <c>PackageLimit</c> for too many lines.</exception>
    public static ContainerIndex Parse(ReadOnlySpan<byte> content, ContainerLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var rest = content;
        var header = ContainerHeader.ParseLine(NextLine(ref rest, 1));
        var members = new List<IndexedMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var signed = content.Length;
        string? signature = null;
        for (var number = 2; !rest.IsEmpty; number++)
        {
            if (rest.StartsWith("DSIG:"u8))
            {
                signed = content.Length - rest.Length;
                signature = Encoding.ASCII.GetString(NextLine(ref rest, number)["DSIG:".Length..]);
                break;
            }

            var member = ParseMember(NextLine(ref rest, number), number);
            if (!names.Add(member.Name))
            {
                throw ContainerFault.Malformed($"Line {number} of the index lists {member.Name} again.");
            }

            if (members.Count == limits.MaxMembers)
            {
                throw ContainerFault.Of(RefusalReason.PackageLimit, $"The index lists more than {limits.MaxMembers} members.");
            }

            members.Add(member);
        }

        // What follows the signature would be neither signed nor read.
        if (!rest.IsEmpty)
        {
            throw ContainerFault.Malformed($"The index holds {rest.Length} bytes behind its signature.");
        }

        return members.Count > 0
            ? new ContainerIndex(header, members, Digest.Of(content[..signed]), signature)
            : throw ContainerFault.Malformed($"The index lists no member.");
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest, int number)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw ContainerFault.Malformed($"Line {number} of the index has no line end.");
        }

        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static IndexedMember ParseMember(ReadOnlySpan<byte> line, int number)
    {
        var text = Encoding.Latin1.GetString(line);
        var fields = text.Split(':', 4);
        if (fields.Length != 3 || fields[0].Length is 0 or > MemberHeader.MaxNameLength
            || fields[1].Length is 0 or > 15
            || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > MaxMemberBytes
            || !Digest.TryParse(fields[2], out var sha256))
        {
            throw ContainerFault.Malformed($"Line {number} of the index is not name:size:SHA-256.");
        }

        return new IndexedMember(fields[0], size, sha256);
    }
}
