using System.Globalization;

namespace Updater.Telemetry;

/// <summary>Culture of every log text: the invariant one, but times without a format are ISO 8601 in UTC.</summary>
internal sealed class IsoTimes : IFormatProvider, ICustomFormatter
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static IsoTimes Instance { get; } = new();

    /// <summary>A moment in a message to people: UTC, to the second; <c>never</c> without one.</summary>
    public static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture) ?? "never";

    public object? GetFormat(Type? formatType) =>
        formatType == typeof(ICustomFormatter) ? this : CultureInfo.InvariantCulture.GetFormat(formatType);

    public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
    {
        DateTimeOffset time when string.IsNullOrEmpty(format) => Text(time),
        DateTime time when string.IsNullOrEmpty(format) => time.ToUniversalTime().ToString(Pattern, CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(format, CultureInfo.InvariantCulture),
        _ => arg?.ToString() ?? "",
    };
}
