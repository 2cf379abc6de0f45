using System.CommandLine;
using System.Text;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners;
using Updater.Store;

namespace Updater.Cli;

/// <summary>One call of a verb: its configuration, its folders, where it writes.</summary>
internal sealed class Invocation
{
    /// <summary>Of one name of a path, on the usual file systems.</summary>
    private const int MaxNameBytes = 255;

    private Invocation(ParseResult parse, Terminal terminal, LoadedConfiguration configuration)
    {
        Parse = parse;
        Terminal = terminal;
        Configuration = configuration;
    }

    public ParseResult Parse { get; }

    public Terminal Terminal { get; }

    public LoadedConfiguration Configuration { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public bool IsVerbose => Parse.GetValue(GlobalOptions.Verbose);

    /// <summary>Of a one-shot command's own log: warnings, or everything with <c>--verbose</c>.</summary>
    public LogLevel LogLevel =>
        IsVerbose ? LogLevel.Debug : Parse.GetValue(GlobalOptions.Quiet) ? LogLevel.Error : LogLevel.Warning;

    /// <summary>Only after a successful <see cref="StartAsync"/>.</summary>
    public UpdaterOptions Options => Configuration.Options!;

    public DataFolders Folders => new(Options.DataDirectory);

    /// <summary>Waits for the data folder where another process has it.</summary>
    public FolderTurn Turn => new(Terminal.Note, Time);

    /// <summary>Loads the configuration; with mistakes in it the verb does not run and the status is 2.</summary>
    public static async Task<int> RunAsync(
        ParseResult parse, Func<Invocation, CancellationToken, Task<ExitCode>> verb, CancellationToken cancellationToken)
    {
        var terminal = Terminal.Standard(parse.GetValue(GlobalOptions.Json), parse.GetValue(GlobalOptions.Quiet));
        var status = await RunAsync(await StartAsync(parse, terminal, cancellationToken), verb, cancellationToken);
        if (status != (int)ExitCode.Success)
        {
            terminal.EndFailed();
        }

        return status;
    }

    private static async Task<int> RunAsync(
        Invocation invocation, Func<Invocation, CancellationToken, Task<ExitCode>> verb, CancellationToken cancellationToken)
    {
        var terminal = invocation.Terminal;
        if (invocation.Configuration.Options is null)
        {
            WriteProblems(terminal, invocation.Configuration);
            return (int)ExitCode.Usage;
        }

        if (DataFolderFault(invocation.Folders.Root) is { } fault)
        {
            terminal.Fail(new DataFolderException(invocation.Folders.Root, fault).Message);
            return (int)ExitCode.Usage;
        }

        return await GuardAsync(terminal, () => verb(invocation, cancellationToken));
    }

    /// <summary>
    /// Why there can be no such folder; null = there is one, or there can be. Else "nothing happened yet" would be the answer
    /// about a folder that never can hold anything.
    /// </summary>
    internal static string? DataFolderFault(string root)
    {
        for (var path = root; path is { Length: > 0 }; path = Path.GetDirectoryName(path))
        {
            if (Directory.Exists(path))
            {
                return path != root && UnixFileKind.IsGeneratedFolder(path) ? $"no folder can be made in {path}" : null;
            }

            if (File.Exists(path))
            {
                return path == root ? "it is a file" : $"{path} is a file";
            }

            if (Encoding.UTF8.GetByteCount(Path.GetFileName(path)) > MaxNameBytes)
            {
                return $"a name has more than {MaxNameBytes} bytes";
            }
        }

        return null;
    }

    /// <summary>Loads the configuration, right or wrong.</summary>
    public static async Task<Invocation> StartAsync(ParseResult parse, Terminal terminal, CancellationToken cancellationToken) =>
        new(parse, terminal, await ConfigurationLoader.LoadAsync(
            GlobalOptions.Configuration(parse), Environment.GetEnvironmentVariables(), cancellationToken));

    /// <summary>Every mistake, one a line.</summary>
    public static void WriteProblems(Terminal terminal, LoadedConfiguration configuration)
    {
        foreach (var problem in configuration.Problems)
        {
            terminal.Fail(problem.ToString());
        }
    }

    /// <summary>Runs a verb; what the world refuses ends in one line and a status, not in a stack trace.</summary>
    public static async Task<int> GuardAsync(Terminal terminal, Func<Task<ExitCode>> verb)
    {
        try
        {
            return (int)await verb();
        }
        catch (OutputException)
        {
            // Whatever the verb did, nobody has its results: told once, for every verb, by the command line.
            throw;
        }
        catch (UnauthorizedAccessException e)
        {
            terminal.Fail($"{e.Message} Run as the user who owns the data folder, or choose another with --data.");
            return (int)ExitCode.Usage;
        }
        catch (Exception e) when (e is DataFolderException or ControlException or ListenException)
        {
            terminal.Fail(e.Message);
            return (int)(e is ControlException ? ExitCode.Failure : ExitCode.Usage);
        }
        catch (HttpRequestException e)
        {
            terminal.Fail($"The service on this data folder does not answer: {e.Message}");
            return (int)ExitCode.Failure;
        }
        catch (IOException e)
        {
            terminal.Fail(e.Message);
            return (int)ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            terminal.Fail("stopped");
            return (int)ExitCode.Failure;
        }
    }
}
