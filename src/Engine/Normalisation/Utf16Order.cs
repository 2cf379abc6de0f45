namespace Engine.Normalisation;

/// <summary>Which byte of a UTF-16 unit comes first.</summary>
internal enum Utf16Order
{
    LittleEndian,
    BigEndian,
}
