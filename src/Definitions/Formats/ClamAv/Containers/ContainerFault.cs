using System.Globalization;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>Makes the refusals of this room.</summary>
internal static class ContainerFault
{
    public static RefusedException Malformed(FormattableString message) => Of(RefusalReason.DatabaseMalformed, message);

    public static RefusedException Unsigned(FormattableString message) => Of(RefusalReason.DatabaseSignature, message);

    public static RefusedException Of(RefusalReason reason, FormattableString message) =>
        new(reason, message.ToString(CultureInfo.InvariantCulture));
}
