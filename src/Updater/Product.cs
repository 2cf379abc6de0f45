namespace Updater;

/// <summary>What this program calls itself.</summary>
internal static class Product
{
    public const string Name = "Updater";

    /// <summary><c>MAJOR.MINOR.PATCH</c> of the build.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);

    /// <summary><c>Updater 0.1.0</c>.</summary>
    public static string NameAndVersion { get; } = $"{Name} {Version}";
}
