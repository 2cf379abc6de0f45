namespace Definitions;

/// <summary>One release of one definition package: its name and version.</summary>
public sealed record PackageId
{
    /// <summary>The name of the package that is made of the operator's own files in <c>local/</c>.</summary>
    public const string LocalName = "local";

    /// <exception cref="ArgumentException">The name breaks <see cref="IsValidName"/>.</exception>
    public PackageId(string name, DefinitionsVersion version)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException($"'{name}' is not a package name.", nameof(name));
        }

        Name = name;
        Version = version;
    }

    public string Name { get; }

    public DefinitionsVersion Version { get; }

    /// <summary>
    /// 1 to 40 characters of <c>a-z 0-9 -</c>, starting with a letter: it becomes part of file names, labels and URLs,
    /// so nothing in it ever needs escaping.
    /// </summary>
    public static bool IsValidName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 40 || !char.IsAsciiLetterLower(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => $"{Name}-{Version}";
}
