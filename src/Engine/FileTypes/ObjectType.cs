namespace Engine.FileTypes;

/// <summary>What an object is by its content; decides the signature targets and the container reader.</summary>
public enum ObjectType
{
    Binary = 0,
    TextAscii,
    TextUtf8,
    TextUtf16,
    Html,
    Mail,
    Zip,
    Gzip,
    Bzip2,
    Xz,
    Zstandard,
    Tar,
    SevenZip,
    Rar,
    Pe,
    Elf,
    MachO,
    MachOUniversal,
    JavaClass,
    Pdf,
    Ole2,
    Rtf,
    Flash,
    Graphics,
    PythonCompiled,

    /// <summary>Named as not worth scanning by the file type magic of the signature set: digests only.</summary>
    Ignored,
}
