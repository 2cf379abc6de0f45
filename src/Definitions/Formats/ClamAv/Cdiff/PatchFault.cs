using System.Globalization;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Makes the refusals of this room.</summary>
internal static class PatchFault
{
    public static RefusedException Malformed(FormattableString message) => Of(RefusalReason.PatchMalformed, message);

    public static RefusedException Mismatch(FormattableString message) => Of(RefusalReason.PatchMismatch, message);

    public static RefusedException Of(RefusalReason reason, FormattableString message) =>
        new(reason, message.ToString(CultureInfo.InvariantCulture));
}
