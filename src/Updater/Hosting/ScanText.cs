using Engine;

namespace Updater.Hosting;

/// <summary>Words for results that people and line protocols read.</summary>
internal static class ScanText
{
    /// <summary>The primary code's name, or the status's where there is no code.</summary>
    public static string Code(ScanResult result) => result.Code is { } code ? code.ToName() : result.Status.ToName();
}
