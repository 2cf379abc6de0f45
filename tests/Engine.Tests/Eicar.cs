namespace Engine.Tests;

/// <summary>The harmless test file, put together at run time so that no scanner finds it in this repository.</summary>
internal static class Eicar
{
    public static string Text { get; } =
        string.Concat(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$EI", "CAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*");

    public static byte[] Bytes { get; } = System.Text.Encoding.ASCII.GetBytes(Text);
}
