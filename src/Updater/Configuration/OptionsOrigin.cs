namespace Updater.Configuration;

/// <summary>Which layer a value came from; later layers win.</summary>
internal enum OriginLayer
{
    Default = 0,
    File,
    Environment,
    CommandLine,
}

/// <summary>Where a value came from, shown by <c>config show</c> and with every mistake.</summary>
/// <param name="Place">File and line, variable name, or option; empty for defaults.</param>
internal readonly record struct OptionsOrigin(OriginLayer Layer, string Place)
{
    public static OptionsOrigin Default { get; } = new(OriginLayer.Default, "");

    public override string ToString() => Layer switch
    {
        OriginLayer.Default => "default",
        OriginLayer.File => Place,
        OriginLayer.Environment => $"environment {Place}",
        OriginLayer.CommandLine => $"command line {Place}",
    };
}
