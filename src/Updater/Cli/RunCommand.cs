using System.CommandLine;
using System.Runtime.InteropServices;
using Updater.Configuration;
using Updater.Gates;
using Updater.Hosting;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Cli;

/// <summary><c>run</c>: the service, until a signal ends it.</summary>
internal static class RunCommand
{
    /// <summary>How long running scans may take after SIGTERM.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);

    /// <summary>After that the process ends without what is still at work.</summary>
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var run = new VerbCommand(
            "run",
            "Runs the service: keeps definitions current and answers scans. SIGTERM drains and stops, SIGHUP reloads.",
            "updater run",
            "updater run --config /etc/updater/updater.json");
        run.SetVerb(RunAsync);
        return run;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var options = invocation.Options;
        await using var service = await invocation.Turn.TakeAsync(
            () => OpenAsync(invocation, cancellationToken), FolderTurn.Patience, cancellationToken);
        var log = service.Core.Log;
        var logger = log.Factory.CreateLogger("Updater.Service");
        foreach (var warning in invocation.Configuration.Warnings)
        {
            HostLog.Warned(logger, warning);
        }

        LogCommandLine(invocation.Configuration, logger);
        await using var listeners = await ServiceListeners.StartAsync(
            service, options, invocation.Time, warning => HostLog.Warned(logger, warning), cancellationToken);
        using var hangUp = RegisterReload(invocation, new ServiceReload(invocation.Configuration, log));
        HostLog.Started(logger, Product.NameAndVersion, service.Core.Folders.Root);
        ServiceBanner.Write(invocation, listeners, ProgramStart.Self());
        await service.Core.Updates.StartScheduleAsync(cancellationToken);
        var firstUpdate = FirstUpdate.ShowAsync(invocation, service, cancellationToken);

        await WaitAsync(cancellationToken);
        HostLog.Stopping(logger, DrainTime.TotalSeconds);
        using var drain = new CancellationTokenSource(DrainTime, invocation.Time);
        var drained = Task.WhenAll(service.Core.Updates.Coordinator.DisposeAsync().AsTask(), listeners.StopAsync(drain.Token), firstUpdate);
        if (await Task.WhenAny(drained, Task.Delay(DrainTime + GraceTime, invocation.Time, CancellationToken.None)) != drained)
        {
            // Something cannot be interrupted, such as a disk that does not answer; a crash here is safe, a service that
            // never ends is not.
            HostLog.DrainGivenUp(logger);
            log.Dispose();
            Environment.Exit((int)ExitCode.Failure);
        }

        await drained;
        HostLog.Stopped(logger);
        return ExitCode.Success;
    }

    /// <exception cref="DataFolderException">Another process has the data folder: for a moment, or as its service.</exception>
    private static async Task<ServiceCore> OpenAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using (var other = await ControlClient.TryConnectAsync(invocation.Folders, cancellationToken))
        {
            if (other is not null)
            {
                throw DataFolderException.Served(invocation.Folders.Root);
            }
        }

        var options = invocation.Options;
#pragma warning disable CA2000 // Belongs to what is opened, and is disposed with it or when it cannot be opened.
        var log = new ServiceLog(invocation.IsVerbose ? Serilog.Events.LogEventLevel.Debug : ServiceLog.Parse(options.Logging.Level));
#pragma warning restore CA2000
        return await Composition.OpenServiceAsync(options, invocation.Time, log, cancellationToken);
    }

    private static Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(stopped.SetResult);
        return stopped.Task;
    }

    private static PosixSignalRegistration RegisterReload(Invocation invocation, ServiceReload reload) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _ = Task.Run(async () => reload.Apply(await ConfigurationLoader.LoadAsync(
                GlobalOptions.Configuration(invocation.Parse), Environment.GetEnvironmentVariables(), CancellationToken.None)));
        });

    /// <summary>Overrides leave a trace, because no file shows them later (M-023).</summary>
    private static void LogCommandLine(LoadedConfiguration configuration, ILogger logger)
    {
        foreach (var setting in configuration.Settings.Where(s => s.Origin.Layer == OriginLayer.CommandLine))
        {
            HostLog.SetByCommandLine(logger, setting.DisplayPath, setting.Text);
        }
    }
}
