using Definitions;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// One opened image: a read-only memory map with bounds-checked views. Opening parses nothing that grows with the
/// number of signatures. Thread-safe after opening.
/// </summary>
public sealed class Image : IDisposable
{
    private readonly MappedFile _file;
    private LeafGuard? _guard;
    private IReadOnlyList<MemberRule>? _memberRules;
    private IReadOnlyList<ArchivePassword>? _passwords;

    private Image(MappedFile file)
    {
        _file = file;
        var start = file.Slice(0, (int)Math.Min(file.Length, ImageFormat.HeaderSize));
        Header = ImageHeader.Read(start, file.Length);
        Directory = SectionDirectory.Read(file, Header);
        Packages = PackageTable.Read(Bytes(Directory.Find(SectionKind.Packages)));
        Tables = ImageTables.Locate(Directory);
        Features = ImageFeatureWord.Read(Bytes(Directory.Find(SectionKind.Features)));
    }

    /// <summary>
    /// Content address: SHA-256 of the header. That holds the length and the digests of the directory and of the leaf list, which
    /// hold the places and the digests of all sections; between them are zeros. So one address stands for one sequence of
    /// bytes, as a digest over the whole file would; that a file has them is found out by <see cref="VerifyContent"/>.
    /// </summary>
    public Digest Address => Digest.Of(_file.Slice(0, ImageFormat.HeaderSize));

    /// <summary>Digest of the inputs it was compiled from.</summary>
    public Digest InputDigest => Header.InputDigest;

    public long GenerationNumber => Header.GenerationNumber;

    /// <summary>Signatures that can be reported.</summary>
    public long SignatureCount => Tables.ReportableSignatures;

    /// <summary>The packages inside, in the order of the compile request.</summary>
    public IReadOnlyList<PackageId> Packages { get; }

    /// <summary>What it holds by section, for <c>inspect</c>: kind with parameters, and bytes.</summary>
    public IReadOnlyList<ImageSection> Sections => Directory.Describe();

    /// <summary>What its signatures ask of the objects that they are matched on.</summary>
    public ImageFeatures Features { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    internal ImageHeader Header { get; }

    internal SectionDirectory Directory { get; }

    internal ImageTables Tables { get; }

    /// <summary>Read from the image when first asked for: signatures about members of containers are few.</summary>
    /// <exception cref="ImageException">The section is damaged.</exception>
    internal IReadOnlyList<MemberRule> MemberRules => _memberRules ??= MemberTable.Read(this);

    /// <exception cref="ImageException">The section is damaged.</exception>
    internal IReadOnlyList<ArchivePassword> Passwords => _passwords ??= PasswordTable.Read(this);

    internal RegexCache Regexes { get; } = new();

    /// <summary>Maps the file and checks magic, format, length, header digest and section directory.</summary>
    /// <exception cref="ImageException">The file is not an image that this engine can use.</exception>
    public static Image Open(string path)
    {
        var file = Map(path);
        try
        {
            return new Image(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The same for an image that was verified before, by a process that will not use all of it: what every object is
    /// searched with is compared with its digests now (about 1 ms per MiB of it), digest tables and bodies piece by piece when a scan first touches
    /// them. A scan that meets damage throws <see cref="ImageException"/>.
    /// </summary>
    /// <exception cref="ImageException">The file is not an image that this engine can use, or damaged.</exception>
    public static Image OpenGuarded(string path)
    {
        var image = Open(path);
        try
        {
            image._guard = new LeafGuard(image);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads every byte, compares every checksum, and walks every table and program once; done when an image is
    /// installed.
    /// </summary>
    /// <exception cref="ImageException">A checksum differs, or a table leads out of its section.</exception>
    public static void Verify(string path, CancellationToken cancellationToken)
    {
        using var image = Open(path);
        ImageChecksums.Check(image, cancellationToken);
        ImageStructure.Check(image, cancellationToken);
    }

    /// <summary>Reads every byte and compares it with an address; what the tables hold is not looked at.</summary>
    /// <exception cref="ImageException">It is missing, damaged, of another format, or another image.</exception>
    public static void VerifyContent(string path, Digest address, CancellationToken cancellationToken)
    {
        using var image = Open(path);
        if (image.Address != address)
        {
            throw ImageException.Damaged("it has another digest than recorded");
        }

        ImageChecksums.Check(image, cancellationToken);
    }

    /// <summary>
    /// Lets the pages go that scans brought into this process; the system keeps them as long as it has memory. For a process
    /// that has nothing to scan at present.
    /// </summary>
    public void LetGo() => _file.LetGo();

    /// <summary>Unmaps. The caller makes sure that no scan uses it: see <c>ActiveImage</c>.</summary>
    public void Dispose() => _file.Dispose();

    internal ReadOnlySpan<byte> Bytes(Section section) => _file.Slice(section.Offset, section.Length);

    internal ReadOnlySpan<byte> Bytes(long offset, int count) => _file.Slice(offset, count);

    internal ReadOnlySpan<uint> Words(Section section) => _file.Words(section.Offset, section.Length);

    /// <summary>To be called before a part of a digest table or of the bodies is used; compares it if the image was opened guarded.</summary>
    /// <exception cref="ImageException">The part is damaged.</exception>
    internal void Touch(Section section, long at, long count) => _guard?.Check(section.Offset + at, count);

    /// <summary>The record of a body, 0 to the number of bodies.</summary>
    /// <exception cref="ImageException">There is no such body, or its bytes are damaged.</exception>
    internal BodyRecord Body(uint id)
    {
        var index = Words(Tables.BodyIndex);
        var start = Checked.Word(index, id);
        if (_guard is not null)
        {
            // Records follow each other in the order of their ids.
            var end = id + 1 < index.Length ? index[(int)id + 1] : (uint)Tables.Bodies.Length;
            _guard.Check(Tables.Bodies.Offset + start, Math.Max(1L, (long)end - start));
        }

        return new BodyRecord(Bytes(Tables.Bodies), start);
    }

    private static MappedFile Map(string path)
    {
        try
        {
            return MappedFile.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageException(ImageFault.NotFound, $"There is no image '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageFault.Unreadable, $"The image '{path}' cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>One section, for people.</summary>
/// <param name="Name">The kind, with its parameters where they tell sections of a kind apart.</param>
public sealed record ImageSection(string Name, long Elements, long Bytes);

/// <summary>Why an image is refused.</summary>
public enum ImageFault
{
    NotFound,
    Unreadable,
    NotAnImage,
    FormatTooNew,
    FormatTooOld,
    Truncated,
    Damaged,
}

/// <summary>An image file cannot be used.</summary>
public sealed class ImageException(ImageFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public ImageFault Fault { get; } = fault;

    /// <summary>What the bounds checks of tables and programs throw.</summary>
    internal static ImageException Damaged(string what) => new(ImageFault.Damaged, $"The image is damaged: {what}.");
}
