namespace Definitions.Signatures;

/// <summary>A signature file to be parsed.</summary>
/// <param name="Name">File name; its extension picks the format.</param>
/// <param name="Package">The package it belongs to.</param>
/// <param name="IsOfficial">
/// False for files that no publisher signed: their names are reported with <c>.UNOFFICIAL</c> (clamav-formats.md §3.1).
/// </param>
public sealed record SignatureFile(string Name, PackageId Package, bool IsOfficial);
