using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Normalisation;

/// <summary>Texts: letters become lower case; controls that are no white space and bytes above 7F go.</summary>
internal readonly struct TextRules : IFoldRules
{
    public static Vector128<byte> IsBlank(Vector128<byte> bytes) => Lanes.IsSpace(bytes);

    public static Vector128<byte> IsDropped(Vector128<byte> bytes) =>
        Vector128.AndNot(Lanes.IsBetween(bytes, 0x80, 0xFF) | Lanes.IsBetween(bytes, 0, 0x1F), Lanes.IsSpace(bytes));

    public static Vector128<byte> IsStop(Vector128<byte> bytes) => Vector128<byte>.Zero;

    public static Vector128<byte> Change(Vector128<byte> bytes) => Lanes.BlankSpaces(Lanes.Lower(bytes));
}

/// <summary>The text of a document between tags.</summary>
internal readonly struct HtmlTextRules : IFoldRules
{
    public static Vector128<byte> IsBlank(Vector128<byte> bytes) => Vector128.AndNot(Lanes.IsSpace(bytes), Lanes.Is(bytes, '\r'));

    public static Vector128<byte> IsDropped(Vector128<byte> bytes) => Lanes.IsUnseen(bytes);

    public static Vector128<byte> IsStop(Vector128<byte> bytes) =>
        Lanes.Is(bytes, '<') | Lanes.Is(bytes, '&') | Lanes.IsBetween(bytes, 0x80, 0xFF)
        | Vector128.AndNot(Lanes.IsBetween(bytes, 0x01, 0x1F), Lanes.IsSpace(bytes));

    public static Vector128<byte> Change(Vector128<byte> bytes) => Lanes.BlankSpaces(Lanes.Lower(bytes));
}

/// <summary>A quoted value: a line end becomes a blank, other white space stays what it is.</summary>
internal readonly struct QuotedValueRules : IFoldRules
{
    public static Vector128<byte> IsBlank(Vector128<byte> bytes) => HtmlTextRules.IsBlank(bytes);

    public static Vector128<byte> IsDropped(Vector128<byte> bytes) => Lanes.IsUnseen(bytes);

    public static Vector128<byte> IsStop(Vector128<byte> bytes) =>
        Lanes.Is(bytes, '"') | Lanes.Is(bytes, '\'') | Lanes.Is(bytes, '&') | Lanes.IsBetween(bytes, 0x80, 0xFF);

    public static Vector128<byte> Change(Vector128<byte> bytes) => Lanes.Replace(Lanes.Lower(bytes), '\n', ' ');
}

/// <summary>A quoted value that is a link, as it is kept for the copy without tags.</summary>
internal readonly struct LinkRules : IFoldRules
{
    public static Vector128<byte> IsBlank(Vector128<byte> bytes) => QuotedValueRules.IsBlank(bytes);

    public static Vector128<byte> IsDropped(Vector128<byte> bytes) => QuotedValueRules.IsDropped(bytes);

    public static Vector128<byte> IsStop(Vector128<byte> bytes) => QuotedValueRules.IsStop(bytes);

    public static Vector128<byte> Change(Vector128<byte> bytes) => Lanes.BlankSpaces(bytes);
}

/// <summary>A script in the copy without comments: no white space at all.</summary>
internal readonly struct ScriptRules : IFoldRules
{
    public static Vector128<byte> IsBlank(Vector128<byte> bytes) => Vector128<byte>.Zero;

    public static Vector128<byte> IsDropped(Vector128<byte> bytes) => Lanes.IsSpace(bytes);

    public static Vector128<byte> IsStop(Vector128<byte> bytes) =>
        Lanes.Is(bytes, '<') | Lanes.Is(bytes, '&') | Lanes.IsBetween(bytes, 0x80, 0xFF) | Lanes.Is(bytes, '\0');

    public static Vector128<byte> Change(Vector128<byte> bytes) => Lanes.Replace(Lanes.Lower(bytes), '\'', '"');
}

/// <summary>Claims about sixteen bytes at once, as <see cref="Ascii"/> makes them about one.</summary>
internal static class Lanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Is(Vector128<byte> bytes, char value) => Vector128.Equals(bytes, Vector128.Create((byte)value));

    /// <summary>Both ends belong to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> IsBetween(Vector128<byte> bytes, byte first, byte last)
    {
        // As a minimum, since an ordered comparison of bytes without sign is slow where vectors have masks.
        var above = bytes - Vector128.Create(first);
        return Vector128.Equals(Vector128.Min(above, Vector128.Create((byte)(last - first))), above);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> IsSpace(Vector128<byte> bytes) => IsBetween(bytes, 0x09, 0x0D) | Is(bytes, ' ');

    /// <summary>What a document is read without: zeros, and the first half of a line end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> IsUnseen(Vector128<byte> bytes) => Is(bytes, '\0') | Is(bytes, '\r');

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Lower(Vector128<byte> bytes) =>
        bytes | (IsBetween(bytes, (byte)'A', (byte)'Z') & Vector128.Create((byte)0x20));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> BlankSpaces(Vector128<byte> bytes) =>
        Vector128.ConditionalSelect(IsBetween(bytes, 0x09, 0x0D), Vector128.Create((byte)' '), bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Replace(Vector128<byte> bytes, char old, char value) =>
        Vector128.ConditionalSelect(Is(bytes, old), Vector128.Create((byte)value), bytes);
}
