namespace Updater.Configuration;

/// <summary>One place where definitions come from.</summary>
internal sealed class SourceOptions
{
    /// <summary>Unique; 1 to 40 characters of <c>a-z 0-9 -</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>channel</c>; other kinds come with later formats.</summary>
    public string Kind { get; init; } = "channel";

    /// <summary><c>https://</c>, <c>http://</c>, <c>file://</c> or a folder.</summary>
    public string Url { get; init; } = "";

    /// <summary>The channel's initial trusted root metadata, obtained out of band.</summary>
    public string Root { get; init; } = "";

    /// <summary>Time between checks of this source; null = that of <see cref="UpdatesOptions"/>.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>False: kept in the configuration, never asked.</summary>
    public bool Enabled { get; init; } = true;
}
