using Engine.Objects;
using SharpCompress.Common;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Compressors.ZStandard.Unsafe;

namespace Engine.Decomposition;

/// <summary>What a third-party parser threw, as a scan code (decomposer.md §8).</summary>
internal static class CodecFaults
{
    /// <summary>True for what passes a parser's border untouched: the end of the scan, and faults that are not the content's.</summary>
    public static bool IsOurs(Exception exception) =>
        exception is OperationCanceledException or LimitException or ObjectReadException or ContainerException
            or OutOfMemoryException;

    /// <param name="damage">The code for plain damage at this place.</param>
    public static ContainerException Translate(Exception exception, ScanCode damage, bool isWhole) => new(
        exception switch
        {
            CryptographicException => isWhole
                ? ScanCode.DecEncryptedContainerDetected
                : ScanCode.DecEncryptedContainerChildDetected,
            MultiVolumeExtractionException or MultipartStreamRequiredException =>
                ScanCode.DecFileSplitAcrossContainers,
            ZstdException zstd when IsUnsupported(zstd.Code) => ScanCode.DecContainerUnknownAlgorithm,
            NotSupportedException or NotImplementedException => ScanCode.DecContainerUnknownAlgorithm,
            _ => damage,
        },
        exception.GetType().Name,
        exception);

    private static bool IsUnsupported(ZSTD_ErrorCode code) =>
        code is ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
            or ZSTD_ErrorCode.ZSTD_error_frameParameter_unsupported
            or ZSTD_ErrorCode.ZSTD_error_version_unsupported;
}
