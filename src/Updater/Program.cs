using System.Runtime.InteropServices;
using Updater.Cli;
using Updater.Gates;

// The throw-away processes of an update: no configuration, no log, nothing but files in its staging folder.
if (TrialLoadChild.IsAsked(args))
{
    return TrialLoadChild.Run(args, Console.Out);
}

if (CompileChild.IsAsked(args))
{
    return CompileChild.Run(args, Console.Out);
}

if (StandardStreams.IsClosed(StandardStreams.Error))
{
    // Its number belongs to something else now: nothing may be written to it.
    Console.SetError(TextWriter.Null);
}

if (StandardStreams.IsClosed(StandardStreams.Output))
{
    Console.Error.WriteLine("updater: standard output is closed; to throw results away send it to /dev/null.");
    return (int)Updater.ExitCode.Usage;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // The first signal asks to finish, a second one ends at once.
    signal.Cancel = !stop.IsCancellationRequested;
#pragma warning disable MA0045 // A signal handler cannot wait.
    stop.Cancel();
#pragma warning restore MA0045
}

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
return await CommandLine.RunAsync(args, stop.Token);
