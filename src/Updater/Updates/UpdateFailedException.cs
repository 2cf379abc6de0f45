namespace Updater.Updates;

/// <summary>This machine could not do a step of an update. Caught by the pipeline and turned into <c>Failed</c>.</summary>
internal sealed class UpdateFailedException(FailureReason reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public FailureReason Reason { get; } = reason;
}

/// <summary>The operator's hold or pin stands against what a run wanted to do. Becomes <c>Held</c>.</summary>
internal sealed class UpdateHeldException(string message) : Exception(message);

/// <summary>Tells a full disk from other storage errors.</summary>
internal static class DiskFull
{
    // errno values that .NET hands on as HResult on Unix, and the Windows codes.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool Is(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is IOException && e.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An exception as the system makes it, for fault injection.</summary>
    public static IOException Simulated(string message) => new(message, NoSpaceLeft);
}
