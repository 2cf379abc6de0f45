using System.Globalization;
using Definitions;
using Engine.Images;
using Updater.Store;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Compiles one package. Large ones in a process of their own: what a compile needs is given back when it ends, the
/// serving process does not grow, and content that hurts the compiler hurts nothing else. Small ones here: starting a
/// process would take longer.
/// </summary>
/// <param name="program">How to start this program.</param>
/// <param name="maxBytesHere">Bytes of signature files up to which this process compiles.</param>
internal sealed class PackageCompiler(ProgramStart program, long maxBytesHere)
{
    public const long DefaultMaxBytesHere = 4 << 20;

    /// <summary>Generous: the largest public sets take some ten seconds, and a slow machine is not a bad package.</summary>
    private static readonly ChildLimits _limits = new(TimeSpan.FromMinutes(15), HeapBytes: 4L << 30);

    /// <param name="bytes">Of the request's files.</param>
    /// <exception cref="RefusedException">A signed file is malformed, or the set cannot be expressed.</exception>
    /// <exception cref="IOException">A file could not be read or written.</exception>
    public async Task<CompileReport> CompileAsync(CompileRequest request, long bytes, string imagePath, CancellationToken cancellationToken)
    {
        if (bytes <= maxBytesHere)
        {
            return await Task.Run(() => ImageCompiler.Compile(request, imagePath, cancellationToken), cancellationToken);
        }

        var (requestPath, reportPath) = (imagePath + ".request", imagePath + ".report");
        await AtomicFile.WriteAsync(requestPath, CompileJson.Write(request), cancellationToken);
        var result = await ChildProcess.RunAsync(
            program, [.. CompileChild.Verb, requestPath, imagePath, reportPath], _limits, line => TakeProgress(request, line), cancellationToken);
        var report = Judge(result, reportPath);
        File.Delete(requestPath);
        File.Delete(reportPath);
        return report;
    }

    private static bool TakeProgress(CompileRequest request, string line)
    {
        if (CompileChild.TryReadProgress(line) is not { } progress)
        {
            return false;
        }

        request.Progress?.Invoke(progress);
        return true;
    }

    private static CompileReport Judge(ChildResult? result, string reportPath)
    {
        switch (result?.ExitCode)
        {
            case null:
                throw new RefusedException(RefusalReason.CompileFailed, string.Create(
                    CultureInfo.InvariantCulture, $"The compiler did not finish within {_limits.Time.TotalMinutes:0} minutes."));
            case CompileChild.Compiled when CompileJson.TryReadReport(reportPath) is { } report:
                return report;
            case CompileChild.Refused when result.Output.Split(' ', 2) is [var word, var message]
                && Enum.TryParse<RefusalReason>(word, out var reason):
                throw new RefusedException(reason, message);
            case CompileChild.NoSpace:
                throw new UpdateFailedException(FailureReason.DiskSpace, result.Message);
            case CompileChild.Failed:
                throw new UpdateFailedException(FailureReason.Storage, result.Message);
            default:
                throw new RefusedException(RefusalReason.CompileFailed, string.Create(
                    CultureInfo.InvariantCulture, $"The compiler's process ended with status {result.ExitCode}: {result.Message}"));
        }
    }
}
