using System.Text;
using Engine.Executables;
using Engine.Objects;
using Testing.Executables;

namespace Engine.Tests.Executables;

/// <summary>Import strings; each was seen in the reference engine but for those that say otherwise.</summary>
public sealed class PeImportsTests
{
    [Theory]
    [InlineData("KERNEL32.dll", "CreateFileA", "kernel32.createfilea")]
    [InlineData("weird.OCX", "Foo", "weird.foo")]
    [InlineData("a.sys", "Foo", "a.foo")]
    [InlineData("a.b.sys", "X", "a.b.sys.x")]
    [InlineData("a.dllx", "z", "a.z")]
    [InlineData("x.exe", "y", "x.exe.y")]
    [InlineData("noext", "Bar", "noext.bar")]
    [InlineData("k.dll", "#7", "k.ord7")]
    [InlineData("WS2_32.dll", "#115", "ws2_32.wsastartup")]
    [InlineData("wsock32.dll", "#1", "wsock32.accept")]
    [InlineData("wsock32.dll", "#1101", "wsock32.ord1101")]
    [InlineData("OLEAUT32.DLL", "#2", "oleaut32.sysallocstring")]
    [InlineData("oleaut32.dll", "#443", "oleaut32.unregistertypelibforuser")]
    [InlineData("ws2_32", "#1", "ws2_32.ord1")]
    [InlineData("a.dll", "", "a.")]
    public void An_import_is_library_and_function(string library, string function, string expected)
    {
        Assert.Equal(expected, StringOf(new PeBuilder().Import(library, function)));
        Assert.Equal(expected, StringOf(new PeBuilder { IsPlus = true }.Import(library, function)));
    }

    [Fact]
    public void Imports_stand_in_table_order() =>
        Assert.Equal(
            "b.z,b.ord2,a.y,b.x",
            StringOf(new PeBuilder().Import("B.dll", "Z", "#2").Import("none.dll").Import("A.dll", "Y").Import("B.dll", "X")));

    /// <summary>The reference engine has no import digest for such files: most C++ programs.</summary>
    [Fact]
    public void Decorated_names_are_names() =>
        Assert.Equal("m.?x@@yaxxz,m._f@4", StringOf(new PeBuilder().Import("M.dll", "?x@@YAXXZ", "_f@4")));

    [Fact]
    public void Long_names_are_cut() =>
        Assert.Equal("k." + new string('n', 256), StringOf(new PeBuilder().Import("K.dll", new string('n', 300))));

    [Theory]
    [InlineData("a b")]
    [InlineData("a\u00e4")]
    public void What_is_no_name_leaves_no_string(string function) =>
        Assert.Null(StringOf(new PeBuilder().Import("k.dll", "good", function)));

    [Fact]
    public void A_file_without_imports_has_no_string() => Assert.Null(StringOf(new PeBuilder()));

    private static string? StringOf(PeBuilder builder)
    {
        byte[] file = [.. builder.Add(new byte[0x200]).Build(), .. new byte[300]];
        var pe = PeHeaders.Read(new HeaderBytes(new MemoryContent(file)));
        Assert.NotNull(pe);
        return PeImports.Read(pe) is { } text ? Encoding.ASCII.GetString(text) : null;
    }
}
