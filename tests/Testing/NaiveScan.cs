using System.Security.Cryptography;
using Definitions.Signatures;

namespace Testing;

/// <summary>
/// What signature files say about one object that is no container: every signature tried on it one after the other.
/// The oracle for whole scans; knows nothing of file types, so only target 0 matches.
/// </summary>
public sealed class NaiveScan
{
    private readonly List<Signature> _signatures = [];

    /// <param name="databases">File name → text, one byte a character.</param>
    /// <exception cref="ArgumentException">A line is malformed.</exception>
    public NaiveScan(IReadOnlyDictionary<string, string> databases)
    {
        foreach (var (name, text) in databases)
        {
            var parsed = ParsedSignatures.Of(name, text, computeLineMd5: true);
            if (parsed.IsMalformed)
            {
                throw new ArgumentException(string.Join('\n', parsed.Diagnostics), nameof(databases));
            }

            _signatures.AddRange(parsed.Signatures);
        }

        var ignored = new IgnoreList();
        _signatures.OfType<IgnoreSignature>().ToList().ForEach(ignored.Add);
        _signatures.RemoveAll(signature => signature is IgnoreSignature || ignored.Covers(signature));
    }

    /// <summary>All names an unsigned set reports, with <c>.UNOFFICIAL</c>; none when an allow list has the object.</summary>
    public SortedSet<string> Names(byte[] data)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (data.Length <= 5 || _signatures.OfType<HashSignature>().Any(s => s.Purpose == HashPurpose.Allow && Has(s, data)))
        {
            return names;
        }

        foreach (var signature in _signatures)
        {
            var hits = signature switch
            {
                HashSignature { Purpose: HashPurpose.Detect } hash => Has(hash, data),
                BodySignature { Target: 0 } body => NaiveMatcher.Matches(body.Pattern, body.Offset, data),
                _ => false,
            };
            if (hits)
            {
                names.Add(signature.Name + ".UNOFFICIAL");
            }
        }

        return names;
    }

#pragma warning disable CA5350, CA5351 // The signature formats are defined on these digests.
    private static bool Has(HashSignature hash, byte[] data) =>
        (hash.Size ?? data.Length) == data.Length && hash.Value.Span.SequenceEqual(hash.Kind switch
        {
            HashKind.Md5 => MD5.HashData(data),
            HashKind.Sha1 => SHA1.HashData(data),
            HashKind.Sha256 => SHA256.HashData(data),
            _ => throw new ArgumentOutOfRangeException(nameof(hash)),
        });
#pragma warning restore CA5350, CA5351
}
