namespace Testing;

/// <summary>
/// The EICAR test string, which scanners report by agreement. Put together at run time, so that neither the sources nor
/// the assembly hold it in one piece.
/// </summary>
public static class Eicar
{
    /// <summary>The recognisable middle part; no scanner reports it alone.</summary>
    public static string Middle { get; } = string.Concat("EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE");

    public static string Text { get; } = string.Concat("X5O!P%@AP[4\\PZX54(P^)", "7CC)7}$", Middle, "!$H+H*");

    /// <summary>The 68 bytes.</summary>
    public static byte[] Content => System.Text.Encoding.ASCII.GetBytes(Text);
}
