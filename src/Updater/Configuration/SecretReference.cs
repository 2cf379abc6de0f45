namespace Updater.Configuration;

/// <summary>
/// Where a secret is kept: <c>file:PATH</c> or <c>env:NAME</c>. The configuration holds references only, so that it can
/// be shown, logged and versioned.
/// </summary>
internal static class SecretReference
{
    public const string Forms = "file:PATH or env:NAME; the secret itself has no place in the configuration";

    private const string FilePrefix = "file:";
    private const string VariablePrefix = "env:";

    /// <summary>Longest secret; tokens and passwords are far shorter.</summary>
    private const int MaxBytes = 16 * 1024;

    /// <summary>True for a reference, and for nothing at all.</summary>
    public static bool IsAllowed(string text) =>
        text.Length == 0 || FileOf(text) is { Length: > 0 } || VariableOf(text) is { Length: > 0 };

    /// <summary>The file of a reference; null when it is none to a file.</summary>
    public static string? FileOf(string reference) =>
        reference.StartsWith(FilePrefix, StringComparison.Ordinal) && !reference.StartsWith("file://", StringComparison.Ordinal)
            && !reference.Contains('\0', StringComparison.Ordinal)
            ? reference[FilePrefix.Length..]
            : null;

    /// <summary>The secret, without blanks and line ends around it; null when it is missing, empty or of more than one line.</summary>
    public static string? Read(string reference)
    {
        var text = FileOf(reference) is { } file ? ReadFile(file)
            : VariableOf(reference) is { } name ? Environment.GetEnvironmentVariable(name)
            : null;
        text = text?.Trim();
        return string.IsNullOrEmpty(text) || text.Any(char.IsControl) ? null : text;
    }

    private static string? ReadFile(string file) =>
        Store.JsonText.TryReadFile(file, MaxBytes) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    private static string? VariableOf(string reference) =>
        reference.StartsWith(VariablePrefix, StringComparison.Ordinal)
            && reference.AsSpan(VariablePrefix.Length).IndexOfAnyExcept(VariableLetters) < 0
            ? reference[VariablePrefix.Length..]
            : null;

    private static readonly System.Buffers.SearchValues<char> VariableLetters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
