using Engine.Benchmarks.Measuring;

namespace Engine.Benchmarks.Peers;

/// <summary>clamscan, run as a process.</summary>
internal sealed class ClamScanner(string program, string database)
{
    public static ClamScanner? Find(string database, RunOptions options) =>
        Tool.Find("clamscan", options) is { } program ? new ClamScanner(program, database) : null;

    /// <param name="isWatched">See <see cref="CommandRun.Of"/>.</param>
    public CommandRun Scan(string path, bool isWatched = false) => CommandRun.Of(
        program,
        ["--no-summary", "--stdout", "--allmatch", "--recursive", "--bytecode=no", $"--database={database}", path],
        isWatched).Require(0, 1);
}
