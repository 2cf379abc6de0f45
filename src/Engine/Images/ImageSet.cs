using Definitions;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Phishing;

namespace Engine.Images;

/// <summary>
/// The images that together are one generation, one a package, in the order in which they are reported. What a set of
/// signatures decides as a whole (file types, rules about links, passwords, names to leave out) is put together here;
/// everything else stays with its image. Making one costs time for the number of images and their few rules, not for
/// their signatures. Thread-safe.
/// </summary>
public sealed class ImageSet : IDisposable
{
    private readonly Image[] _images;
    private readonly Lazy<TypeTable?> _types;
    private readonly Lazy<PhishingLists?> _phishing;
    private readonly Lazy<IReadOnlyList<ArchivePassword>> _passwords;

    /// <summary>Takes the images over.</summary>
    /// <param name="images">At least one.</param>
    /// <exception cref="ImageException">A list of ignored names is damaged.</exception>
    public ImageSet(IEnumerable<Image> images)
    {
        _images = [.. images];
        ArgumentOutOfRangeException.ThrowIfZero(_images.Length, nameof(images));
        foreach (var image in _images)
        {
            Features |= image.Features;
            SignatureCount += image.SignatureCount;
        }

        Ignored = IgnoredNames.Of(_images);
        Plan = SearchPlan.Of(_images);
        _types = new Lazy<TypeTable?>(() => Joined(SectionKind.FileTypes) is { Length: > 0 } lines ? TypeTable.Read(lines) : null);
        _phishing = new Lazy<PhishingLists?>(() => PhishingLists.Read(_images));
        _passwords = new Lazy<IReadOnlyList<ArchivePassword>>(() => [.. _images.SelectMany(image => image.Passwords)]);
    }

    /// <summary>A set of one.</summary>
    public ImageSet(Image image)
        : this([image])
    {
    }

    /// <summary>In the order of reporting.</summary>
    public IReadOnlyList<Image> Images => _images;

    /// <summary>What the signatures of any image ask of objects.</summary>
    public ImageFeatures Features { get; }

    /// <summary>Signatures that can be reported; those that another package's list ignores are counted.</summary>
    public long SignatureCount { get; }

    /// <summary>All packages inside.</summary>
    public IReadOnlyList<PackageId> Packages => [.. _images.SelectMany(image => image.Packages)];

    /// <summary>Bytes of all files.</summary>
    public long Length => _images.Sum(image => image.Length);

    /// <summary>What is run over the bytes of objects, shared by all matchers.</summary>
    internal SearchPlan Plan { get; }

    /// <summary>Names that some image's list takes out of the others; an image leaves its own ignored ones out itself.</summary>
    internal IgnoredNames Ignored { get; }

    /// <summary>File type magic of all, read when first asked for; null when there is none.</summary>
    /// <exception cref="ImageException">A section is damaged.</exception>
    internal TypeTable? Types => _types.Value;

    /// <summary>Rules about links of all, read when first asked for; null when there are none.</summary>
    /// <exception cref="ImageException">A section is damaged.</exception>
    internal PhishingLists? Phishing => _phishing.Value;

    /// <exception cref="ImageException">A section is damaged.</exception>
    internal IReadOnlyList<ArchivePassword> Passwords => _passwords.Value;

    /// <summary>Opens all of the files or none.</summary>
    /// <exception cref="ImageException">A file is not an image that this engine can use.</exception>
    public static ImageSet Open(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var opened = new List<Image>();
        try
        {
            foreach (var path in paths)
            {
                opened.Add(Image.Open(path));
            }

            return new ImageSet(opened);
        }
        catch
        {
            opened.ForEach(image => image.Dispose());
            throw;
        }
    }

    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    internal bool IsIgnored(Image image, uint signature) =>
        Ignored.Count > 0 && Ignored.Covers(image, signature, SignatureTable.Read(image, signature));

    /// <summary>
    /// Does now what the first scans would wait for: time for the number of patterns, once, before the set is made the
    /// active one.
    /// </summary>
    /// <exception cref="ImageException">An image was damaged after it was verified.</exception>
    public void Prepare() => Plan.Prepare();

    /// <summary>What is reported of a signature; null when another package's list ignores it.</summary>
    /// <exception cref="ImageException">The image was damaged after it was verified.</exception>
    internal SignatureHit? HitOf(Image image, uint signature, long? offset)
    {
        var entry = SignatureTable.Read(image, signature);
        if (Ignored.Covers(image, signature, entry))
        {
            return null;
        }

        return new SignatureHit(
            SignatureTable.ReportedName(image, signature, entry),
            SignatureTable.Package(image, entry),
            offset,
            entry.Flags.HasFlag(SignatureFlags.Weak));
    }

    /// <inheritdoc cref="Image.LetGo"/>
    public void LetGo()
    {
        foreach (var image in _images)
        {
            image.LetGo();
        }
    }

    /// <summary>Unmaps all. The caller makes sure that no scan uses them: see <c>ActiveImage</c>.</summary>
    public void Dispose()
    {
        foreach (var image in _images)
        {
            image.Dispose();
        }
    }

    private byte[] Joined(SectionKind kind) =>
        [.. _images.SelectMany(image => image.Bytes(image.Directory.Find(kind)).ToArray())];
}
