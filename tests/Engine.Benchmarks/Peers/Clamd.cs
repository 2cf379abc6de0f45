using System.Diagnostics;
using System.Net.Sockets;
using Engine.Benchmarks.Measuring;

namespace Engine.Benchmarks.Peers;

/// <summary>
/// A clamd of our own: private configuration, socket and database folder, ended by process id. Everything but matching is
/// switched off where clamd has a switch, and so is its cache of clean files: the comparison is with its matcher.
/// </summary>
internal sealed class Clamd : IDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private Clamd(Process process, DirectoryInfo folder, double startSeconds)
    {
        _process = process;
        _folder = folder;
        StartSeconds = startSeconds;
        Client = new ClamdClient(Path.Combine(folder.FullName, "s"));
    }

    public ClamdClient Client { get; }

    public int ProcessId => _process.Id;

    /// <summary>From the start of the process to its first answer.</summary>
    public double StartSeconds { get; }

    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>Work that it does for us.</summary>
    public Timed Timed(Action run) => Measuring.Timed.In(_process.Id, run);

    private string LogFile => Path.Combine(_folder.FullName, "log");

    /// <summary>Starts and waits until it answers; null when it is not installed.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not answer in ten minutes.</exception>
    public static Clamd? Start(string database, RunOptions options)
    {
        if (Tool.Find("clamd", options) is not { } program)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("clamd-");
        var configuration = Path.Combine(folder.FullName, "conf");
        File.WriteAllText(configuration, $"""
            Foreground yes
            LocalSocket {folder.FullName}/s
            LogFile {folder.FullName}/log
            LogFileMaxSize 0
            TemporaryDirectory {folder.FullName}
            DatabaseDirectory {database}
            DisableCache yes
            SelfCheck 86400
            MaxThreads 4
            MaxEmbeddedPE 1
            HeuristicAlerts no
            Bytecode no
            PhishingScanURLs no
            PhishingSignatures no
            ScanArchive no
            ScanMail no
            ScanPDF no
            ScanSWF no
            ScanOneNote no
            ScanImage no
            ScanHWP3 no
            ScanXMLDOCS no

            """);
        var start = Stopwatch.GetTimestamp();
        var process = CommandRun.Start(program, [$"--config-file={configuration}"]);
        process.StandardInput.Close();
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        while (!Answers(Path.Combine(folder.FullName, "s")))
        {
            if (process.WaitForExit(TimeSpan.FromMilliseconds(20)) || Stopwatch.GetElapsedTime(start) > _startLimit)
            {
                var log = Path.Combine(folder.FullName, "log");
                var text = File.Exists(log) ? File.ReadAllText(log) : "";
                new Clamd(process, folder, 0).Dispose();
                throw new InvalidOperationException($"clamd did not start: {text}");
            }
        }

        return new Clamd(process, folder, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Seconds of wall time from the RELOAD command to the line of the log that says that the new set serves.</summary>
    /// <exception cref="InvalidOperationException">It did not reload in ten minutes.</exception>
    public double Reload()
    {
        const string Done = "Activating the newly loaded database";
        var before = Lines(Done);

        // A command that comes while the last reload is being finished is answered and forgotten.
        _process.WaitForExit(TimeSpan.FromMilliseconds(500));
        var start = Stopwatch.GetTimestamp();
        Client.Send("RELOAD");
        while (Lines(Done) == before)
        {
            if (_process.WaitForExit(TimeSpan.FromMilliseconds(20)) || Stopwatch.GetElapsedTime(start) > _startLimit)
            {
                throw new InvalidOperationException("clamd did not reload.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool Answers(string socket)
    {
        try
        {
            return File.Exists(socket) && new ClamdClient(socket).Send("PING") == "PONG\0";
        }
        catch (SocketException)
        {
            // Not listening yet.
            return false;
        }
    }

    private int Lines(string text)
    {
        using var log = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return log.ReadToEnd().Split(text).Length - 1;
    }
}
