using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Engine.Normalisation;

namespace Engine.Phishing;

/// <summary>What a link was found to be.</summary>
/// <param name="Name">One of the names of <see cref="PhishingRule"/>.</param>
/// <param name="Package">Where the deciding rule came from.</param>
internal readonly record struct LinkFinding(string Name, PackageId Package);

/// <summary>
/// The rules about links of a set (clamav-formats.md §3.9), read when the first mail with links comes. Expressions
/// are matched without backtracking. Immutable, thread-safe.
/// </summary>
internal sealed class PhishingLists
{
    private const int MaxAddressChars = 2048;

    private readonly List<(Regex Pattern, PackageId Package)> _protectedPatterns = [];
    private readonly Dictionary<string, PackageId> _protectedHosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Regex> _allowedPatterns = [];
    private readonly HashSet<string> _allowedHosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Digest, LinkFinding> _addresses = [];
    private readonly HashSet<Digest> _allowedAddresses = [];

    private PhishingLists()
    {
    }

    /// <summary>The rules of all images in their order; null when there are none.</summary>
    /// <exception cref="ImageException">A section is damaged.</exception>
    public static PhishingLists? Read(IReadOnlyList<Image> images)
    {
        PhishingLists? lists = null;
        foreach (var image in images)
        {
            if (image.Directory.Find(SectionKind.PhishingRules) is { IsPresent: true } section)
            {
                lists ??= new PhishingLists();
                lists.Add(image.Bytes(section), image.Packages);
            }
        }

        return lists;
    }

    /// <summary>The rules of one section.</summary>
    /// <exception cref="ImageException">The section is damaged.</exception>
    public static PhishingLists Read(ReadOnlySpan<byte> section, IReadOnlyList<PackageId> packages)
    {
        var lists = new PhishingLists();
        lists.Add(section, packages);
        return lists;
    }

    private void Add(ReadOnlySpan<byte> section, IReadOnlyList<PackageId> packages)
    {
        for (var at = 0; at < section.Length;)
        {
            var head = Checked.Slice(section, at, PhishingSection.HeadBytes);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            var package = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
            if (length < 0 || package >= packages.Count)
            {
                throw ImageException.Damaged("a rule about links has no package");
            }

            Add((PhishingRuleKind)head[0], Checked.Slice(section, at + PhishingSection.HeadBytes, length), packages[package]);
            at += PhishingSection.HeadBytes + length;
        }
    }

    /// <summary>What the rules say about a link; null = nothing.</summary>
    public LinkFinding? Check(DisplayedLink link)
    {
        if (LinkAddress.Parse(link.Target) is not { } real)
        {
            return null;
        }

        if (FindAddress(real) is { } listed)
        {
            return listed;
        }

        if (LinkAddress.Parse(link.Text) is not { } shown || (real.Host == shown.Host && real.Scheme == shown.Scheme) || IsAllowed(real, shown))
        {
            return null;
        }

        if (FindProtection(real, shown) is not { } package)
        {
            return null;
        }

        if (real.Host.Contains("%00", StringComparison.Ordinal))
        {
            return new LinkFinding(PhishingRule.CloakedNull, package);
        }

        if (shown.Scheme == "https" && real.Scheme != "https")
        {
            return new LinkFinding(PhishingRule.SslSpoof, package);
        }

        return real.Domain == shown.Domain ? null : new LinkFinding(PhishingRule.SpoofedDomain, package);
    }

    /// <summary>Addresses and texts come from mail: only so much of them is matched.</summary>
    private static string Joined(LinkAddress real, LinkAddress shown, bool hasSchemes)
    {
        var joined = hasSchemes
            ? $"{real.Scheme}://{real.Authority}:{shown.Scheme}://{shown.Authority}/"
            : $"{real.Host}:{shown.Host}/";
        return joined.Length > MaxAddressChars ? joined[^MaxAddressChars..] : joined;
    }

    private void Add(PhishingRuleKind kind, ReadOnlySpan<byte> value, PackageId package)
    {
        switch (kind)
        {
            case PhishingRuleKind.ProtectedPattern:
                _protectedPatterns.Add((Pattern(value), package));
                break;
            case PhishingRuleKind.ProtectedHost:
                _protectedHosts.TryAdd(Encoding.UTF8.GetString(value), package);
                break;
            case PhishingRuleKind.AllowedPattern:
                _allowedPatterns.Add(Pattern(value));
                break;
            case PhishingRuleKind.AllowedHosts:
                _allowedHosts.Add(Encoding.UTF8.GetString(value));
                break;
            case PhishingRuleKind.Malware:
                _addresses.TryAdd(Hash(value), new LinkFinding(PhishingRule.MalwareAddress, package));
                break;
            case PhishingRuleKind.Blocked:
                _addresses.TryAdd(Hash(value), new LinkFinding(PhishingRule.BlockedAddress, package));
                break;
            case PhishingRuleKind.Phishing:
                _addresses.TryAdd(Hash(value), new LinkFinding(PhishingRule.PhishingAddress, package));
                break;
            case PhishingRuleKind.AllowedAddress:
                _allowedAddresses.Add(Hash(value));
                break;
            default:
                throw ImageException.Damaged("a rule about links is of no kind");
        }
    }

    private static Digest Hash(ReadOnlySpan<byte> value) => value.Length == Digest.Size
        ? new Digest(value)
        : throw ImageException.Damaged("the hash of an address has the wrong length");

    private static Regex Pattern(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        return PosixPattern.Check(text) is null
            ? PosixPattern.ToSuffix(text)
            : throw ImageException.Damaged("an expression about links cannot be read");
    }

    private LinkFinding? FindAddress(LinkAddress real)
    {
        if (_addresses.Count == 0)
        {
            return null;
        }

        LinkFinding? found = null;
        foreach (var form in real.HashedForms())
        {
            var hash = new Digest(SHA256.HashData(Encoding.Latin1.GetBytes(form)));
            if (_allowedAddresses.Contains(hash))
            {
                return null;
            }

            if (found is null && _addresses.TryGetValue(hash, out var listed))
            {
                found = listed;
            }
        }

        return found;
    }

    private bool IsAllowed(LinkAddress real, LinkAddress shown)
    {
        foreach (var host in real.HostSuffixes())
        {
            if (_allowedHosts.Contains($"{host}:{shown.Host}"))
            {
                return true;
            }
        }

        var (hosts, whole) = (Joined(real, shown, hasSchemes: false), Joined(real, shown, hasSchemes: true));
        return _allowedPatterns.Exists(pattern => pattern.IsMatch(hosts) || pattern.IsMatch(whole));
    }

    private PackageId? FindProtection(LinkAddress real, LinkAddress shown)
    {
        foreach (var host in shown.HostSuffixes())
        {
            if (_protectedHosts.TryGetValue(host, out var package))
            {
                return package;
            }
        }

        var joined = Joined(real, shown, hasSchemes: true);
        foreach (var (pattern, package) in _protectedPatterns)
        {
            if (pattern.IsMatch(joined))
            {
                return package;
            }
        }

        return null;
    }
}
