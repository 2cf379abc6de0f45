using System.Globalization;
using System.Text.Json;

namespace Definitions.Packages;

/// <summary>The schema of <c>manifest.json</c>, field by field.</summary>
internal static class ManifestFields
{
    /// <summary>Numbers above this are not exact in every JSON reader.</summary>
    private const long MaxExactInteger = 1L << 53;

    private const int MaxNameLength = 120;
    private const int MaxSignatureLength = 256;
    private const int MaxExtensions = 64;

    public static Manifest Read(JsonElement root, PackageLimits limits)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("it is no object");
        }

        if (Integer(root, "format", 1, MaxExactInteger) != ManifestJson.Format)
        {
            throw Malformed("its format is not 1");
        }

        if (!string.Equals(Text(root, "kind", 40), ManifestJson.SignaturesKind, StringComparison.Ordinal))
        {
            throw Malformed("its kind is not known");
        }

        var unpackedBytes = Integer(root, "unpackedBytes", 0, MaxExactInteger);
        return new Manifest
        {
            Id = Id(root),
            Sequence = Integer(root, "sequence", 1, MaxExactInteger),
            Kind = ManifestJson.SignaturesKind,
            MinimumEngine = Engine(root),
            PackedBytes = Integer(root, "packedBytes", 1, MaxExactInteger),
            UnpackedBytes = unpackedBytes,
            Files = Files(root, unpackedBytes, limits),
            SignatureCounts = Counts(root),
            Probes = Probes(root, limits),
        };
    }

    private static PackageId Id(JsonElement root)
    {
        var name = Text(root, "name", MaxNameLength);
        return PackageId.IsValidName(name) && DefinitionsVersion.TryParse(Text(root, "version", MaxNameLength), out var version)
            ? new PackageId(name, version)
            : throw Malformed("its name or version is none");
    }

    /// <summary>Four decimal numbers; signs and blanks, which <see cref="Version"/> would accept, are not.</summary>
    private static Version Engine(JsonElement root)
    {
        var text = Text(root, "minimumEngine", MaxNameLength);
        return text.All(c => char.IsAsciiDigit(c) || c == '.')
            && Version.TryParse(text, out var version) && version.Revision >= 0
            ? version
            : throw Malformed("minimumEngine is no version of four numbers");
    }

    private static List<ManifestFile> Files(JsonElement root, long unpackedBytes, PackageLimits limits)
    {
        var array = Array(root, "files", limits.MaxFiles);
        if (array.GetArrayLength() == 0)
        {
            throw Malformed("it lists no file");
        }

        var files = new List<ManifestFile>(array.GetArrayLength());

        // Names that differ only in case would be one file on some disks.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long total = 0;
        foreach (var element in array.EnumerateArray())
        {
            var file = File(element);
            total += file.Size;
            if (total > limits.MaxUnpackedBytes)
            {
                throw new RefusedException(RefusalReason.PackageLimit, "The package would unpack to more bytes than allowed.");
            }

            if (!names.Add(file.Name))
            {
                throw Malformed($"it lists {file.Name} twice");
            }

            files.Add(file);
        }

        return total == unpackedBytes ? files : throw Malformed("unpackedBytes is not the sum of the file sizes");
    }

    private static ManifestFile File(JsonElement element)
    {
        var name = Text(element, "name", MaxExactText);
        if (!PackageFileName.IsValid(name))
        {
            throw new RefusedException(RefusalReason.PathUnsafe, "manifest.json lists a file whose name is not allowed.");
        }

        var sha256 = Text(element, "sha256", 2 * Digest.Size);
        return Digest.TryParse(sha256, out var digest) && !sha256.Any(char.IsAsciiLetterUpper)
            ? new ManifestFile(name, Integer(element, "size", 0, TarHeader.MaxSize), digest)
            : throw Malformed($"the sha256 of {name} is not 64 lower-case hex digits");
    }

    // Longer than any allowed file name, so that such a name is told as unsafe and not as a schema error.
    private const int MaxExactText = 4096;

    private static SortedDictionary<string, long> Counts(JsonElement root)
    {
        var element = Member(root, "signatureCounts", JsonValueKind.Object);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var count in element.EnumerateObject())
        {
            if (count.Name.Length is 0 or > 16 || !count.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                || counts.Count == MaxExtensions)
            {
                throw Malformed("signatureCounts names something that is no file extension, or too many");
            }

            counts.Add(count.Name, Integer(element, count.Name, 0, MaxExactInteger));
        }

        return counts;
    }

    private static List<DetectionProbe> Probes(JsonElement root, PackageLimits limits)
    {
        var array = Array(root, "probes", limits.MaxProbes);
        var probes = new List<DetectionProbe>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            var name = Text(element, "name", MaxNameLength);
            if (!Member(element, "content", JsonValueKind.String).TryGetBytesFromBase64(out var content) || content.Length == 0)
            {
                throw Malformed($"the content of probe {name} is empty or not base64");
            }

            if (content.Length > limits.MaxProbeBytes)
            {
                throw new RefusedException(RefusalReason.PackageLimit, $"Probe {name} is larger than allowed.");
            }

            probes.Add(new DetectionProbe(name, content, Text(element, "signature", MaxSignatureLength)));
        }

        return probes;
    }

    private static JsonElement Array(JsonElement parent, string name, int maxCount)
    {
        var array = Member(parent, name, JsonValueKind.Array);
        return array.GetArrayLength() <= maxCount
            ? array
            : throw new RefusedException(
                RefusalReason.PackageLimit,
                string.Create(CultureInfo.InvariantCulture, $"manifest.json has {array.GetArrayLength()} {name}; {maxCount} are allowed."));
    }

    private static long Integer(JsonElement parent, string name, long min, long max) =>
        Member(parent, name, JsonValueKind.Number).TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Malformed(string.Create(CultureInfo.InvariantCulture, $"{name} is no integer from {min} to {max}"));

    /// <summary>1 to <paramref name="maxLength"/> characters, none of them a control character: it goes into logs.</summary>
    private static string Text(JsonElement parent, string name, int maxLength)
    {
        var text = Member(parent, name, JsonValueKind.String).GetString()!;
        return text.Length > 0 && text.Length <= maxLength && !text.Any(char.IsControl)
            ? text
            : throw Malformed($"{name} is empty, too long or holds control characters");
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw Malformed($"{name} is missing or no {kind.ToString().ToLowerInvariant()}");

    public static RefusedException Malformed(string why) =>
        new(RefusalReason.ManifestMalformed, $"manifest.json is malformed: {why}.");
}
