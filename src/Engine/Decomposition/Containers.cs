using Engine.Decomposition.Archives;
using Engine.Decomposition.Mail;
using Engine.FileTypes;

namespace Engine.Decomposition;

/// <summary>Which reader opens which type.</summary>
internal static class Containers
{
    /// <summary>Whether an object of the type has members that a reader can give.</summary>
    public static bool IsContainer(ObjectType type) => type switch
    {
        ObjectType.Mail or ObjectType.Zip or ObjectType.Gzip or ObjectType.Bzip2 or ObjectType.Xz
            or ObjectType.Zstandard or ObjectType.Tar or ObjectType.SevenZip or ObjectType.Rar
            or ObjectType.MachOUniversal => true,
        ObjectType.Binary or ObjectType.TextAscii or ObjectType.TextUtf8 or ObjectType.TextUtf16 or ObjectType.Html
            or ObjectType.Pe or ObjectType.Elf or ObjectType.MachO or ObjectType.JavaClass or ObjectType.Pdf
            or ObjectType.Ole2 or ObjectType.Rtf or ObjectType.Flash or ObjectType.Graphics
            or ObjectType.PythonCompiled or ObjectType.Ignored => false,
    };

    /// <summary>One compressed stream around one object: transparent for depth, so that tar.gz is one level.</summary>
    public static bool IsWrapper(ObjectType type) =>
        type is ObjectType.Gzip or ObjectType.Bzip2 or ObjectType.Xz or ObjectType.Zstandard;

    /// <exception cref="ContainerException">The type was recognised, opening failed.</exception>
    public static IContainerReader Open(ObjectType type, ReaderContext context) => type switch
    {
        ObjectType.Mail => new MailReader(context),
        ObjectType.Zip => new ZipReader(context),
        ObjectType.Tar => new TarReader(context),
        ObjectType.MachOUniversal => new UniversalReader(context),
        ObjectType.SevenZip => SharpReader.OpenSevenZip(context),
        ObjectType.Rar => SharpReader.OpenRar(context),
        ObjectType.Gzip => new WrapperReader(context, input => new GzipStream(input), [0x1F, 0x8B, 0x08], () => GzipName(context)),
        ObjectType.Bzip2 => new WrapperReader(context, input => new Bzip2Stream(input), "BZh"u8.ToArray(), () => NameIn(context)),
        ObjectType.Xz => new WrapperReader(
            context, input => new XzStream(input), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], () => NameIn(context)),
        ObjectType.Zstandard => new WrapperReader(
            context, input => new ZstandardStream(input), [0x28, 0xB5, 0x2F, 0xFD], () => NameIn(context)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a container."),
    };

    private static string NameIn(ReaderContext context) => WrapperName.Of(context.Name);

    // A gzip header often keeps the name of the file that it was made from, sometimes with a folder.
    private static string GzipName(ReaderContext context) =>
        GzipStream.ReadName(context.Content.Peek(0, 512)) ?? NameIn(context);
}
