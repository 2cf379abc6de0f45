using Definitions;
using Definitions.Trust;

namespace Fuzz;

/// <summary>Entry points for a fuzzer, one per parser of outside bytes. A case is good when nothing escapes.</summary>
public static partial class FuzzTargets
{
    /// <summary>
    /// Metadata of any role. Signatures are not demanded: behind them the fuzzer would never come, and a signed file may
    /// be hostile too.
    /// </summary>
    public static void Metadata(ReadOnlySpan<byte> data)
    {
        try
        {
            var content = MetadataEnvelope.Parse(data, TrustLimits.MaxRootBytes).Content;
            Swallow(() => RootMetadata.Read(content));
            Swallow(() => TimestampMetadata.Read(content));
            Swallow(() => SnapshotMetadata.Read(content));
            Swallow(() => TargetsMetadata.Read(content));
            _ = new TrustedMetadata(data, DateTimeOffset.UnixEpoch);
        }
        catch (RefusedException)
        {
            // The one exception that content may cause.
        }
    }

    private static void Swallow(Func<object> read)
    {
        try
        {
            _ = read();
        }
        catch (RefusedException)
        {
            // As above; the other roles get their turn.
        }
    }
}
