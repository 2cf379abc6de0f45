using System.Globalization;

namespace Definitions.Trust;

/// <summary>
/// Names of metadata files (tuf-client.md §3). A role name comes from outside and may be anything, such as <c>../x</c>:
/// every character but <c>A-Z a-z 0-9 - _ . ~</c> is percent-encoded, in URLs and on disk (CVE-2021-41131).
/// </summary>
public static class RoleFiles
{
    public const string Root = "root";
    public const string Timestamp = "timestamp";
    public const string Snapshot = "snapshot";
    public const string Targets = "targets";

    /// <summary>The unversioned name: on our disk always, and in repositories without consistent snapshots.</summary>
    public static string Local(string role) => Uri.EscapeDataString(role) + ".json";

    /// <summary>Roots are numbered always, other roles with consistent snapshots only.</summary>
    public static string Versioned(string role, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version}.{Local(role)}");

    /// <summary>The name of a snapshot, targets or delegated role's file in the repository.</summary>
    public static string Remote(string role, long version, bool isConsistentSnapshot) =>
        isConsistentSnapshot ? Versioned(role, version) : Local(role);
}
