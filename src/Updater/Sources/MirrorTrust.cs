using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Whom a mirror's databases are believed from: the published keys, or a private publisher's.</summary>
internal static class MirrorTrust
{
    private const int MaxKeyFileBytes = 65_536;
    private const int MaxCertificateBytes = 1 << 20;
    private const int MaxCertificates = 1000;

    /// <summary>Hexadecimal digits of the longest modulus that is taken: 8192 bits.</summary>
    private const int MaxModulusDigits = 2048;

    /// <summary>Read anew in each run: a changed file counts without a restart.</summary>
    /// <exception cref="SourceException"><see cref="FailureReason.Configuration"/>: a configured file cannot be used.</exception>
    public static ContainerTrust Read(SourceOptions options, TimeProvider time)
    {
        try
        {
            return new ContainerTrust
            {
                Keys = options.Mirror.PublicKeys.Length == 0 ? ClamAvKeys.Published : ReadKeys(options.Mirror.PublicKeys),
                Anchors = options.Mirror.Certificates.Length == 0 ? CertificateAnchors.None : ReadAnchors(options.Mirror.Certificates),
                Now = time.GetUtcNow(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RefusedException)
        {
            throw new SourceException(FailureReason.Configuration, $"The certificates of source '{options.Name}' cannot be used: {e.Message}", null, e);
        }
    }

    public static ContainerLimits LimitsFor(SourceOptions options) =>
        ContainerLimits.Default with { MaxPackedBytes = options.MaxFileBytes };

    /// <summary>
    /// <c>{"header": {"n": HEX, "e": NUMBER}, "index": {…}, "patch": {…}}</c>: the keys of the container header, of the
    /// <c>.info</c> member, and of cdiffs (clamav-formats.md §1.7).
    /// </summary>
    public static ClamAvKeys? TryReadKeys(string path) =>
        JsonText.TryReadFile(path, MaxKeyFileBytes) is not { } text ? null : JsonText.TryRead(
            text, root => new ClamAvKeys(Key(root, "header"), Key(root, "index"), Key(root, "patch")));

    private static ClamAvKeys ReadKeys(string path) => TryReadKeys(path) ?? throw new SourceException(
        FailureReason.Configuration,
        $"'{path}' holds no keys; expected {{\"header\": {{\"n\": HEX, \"e\": NUMBER}}, \"index\": …, \"patch\": …}}.");

    private static ClamAvKey Key(JsonElement root, string name)
    {
        var key = root.GetProperty(name);
        var digits = key.GetProperty("n").GetString() ?? "";
        if (digits.Length is 0 or > MaxModulusDigits
            || !BigInteger.TryParse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var modulus)
            || modulus.IsZero)
        {
            throw new FormatException("'n' is no modulus.");
        }

        return new ClamAvKey(modulus, key.GetProperty("e").GetUInt64());
    }

    private static CertificateAnchors ReadAnchors(string folder) => CertificateAnchors.Load(
        Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file) is ".pem" or ".crt")
            .Order(StringComparer.Ordinal)
            .Take(MaxCertificates)
            .Select(file => (
                Path.GetFileName(file),
                JsonText.TryReadFile(file, MaxCertificateBytes) ?? throw new IOException($"'{file}' cannot be read."))));
}
