using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Formats.ClamAv.Containers;

namespace Updater.Sources;

/// <summary>A container of a mirror that was refused for its content: it is not fetched again until it changes there.</summary>
/// <param name="Mark">What its file looked like: <see cref="MarkOf"/>.</param>
/// <param name="At">When it was refused.</param>
internal sealed record RefusedContainer(string Mark, RefusalReason Reason, string Message, DateTimeOffset At)
{
    /// <summary>A server that tells neither tag nor date of a file may have mended it unseen.</summary>
    private static readonly TimeSpan _longestWithoutValidators = TimeSpan.FromHours(24);

    /// <summary>True for what only other bytes can mend; limits are ours, and may be raised.</summary>
    public static bool IsOfContent(RefusalReason reason) => reason is RefusalReason.DatabaseSignature or RefusalReason.DatabaseMalformed
        or RefusalReason.PackageDigest or RefusalReason.FileDigest or RefusalReason.FileSet or RefusalReason.PathUnsafe;

    /// <summary>Equal while neither the file nor those who are believed changed: header, tag, date, keys.</summary>
    /// <param name="header">Its first 512 bytes.</param>
    public static string MarkOf(ReadOnlySpan<byte> header, SourceReply reply, ClamAvKeys keys)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Convert.ToHexStringLower(header)} {reply.Tag} {reply.Modified?.ToUnixTimeSeconds()} {keys.Header.Modulus} {keys.Index.Modulus}");
        var hasValidators = reply.Tag is not null || reply.Modified is not null;
        return (hasValidators ? "" : "?") + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The file is the one that was refused.</summary>
    public bool IsStill(string mark, DateTimeOffset now) =>
        mark == Mark && (mark[0] != '?' || now - At < _longestWithoutValidators);
}
