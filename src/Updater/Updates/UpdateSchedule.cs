using System.Diagnostics.CodeAnalysis;
using Quartz;
using Updater.Configuration;
using Updater.Status;

namespace Updater.Updates;

/// <summary>
/// When updates run by themselves: one Quartz trigger, re-armed after each run at the interval from its end, give or
/// take the jitter (M-032, M-200). A missed time fires once. Nothing that happens in a run ends the schedule (M-280).
/// </summary>
internal sealed class UpdateSchedule : IAsyncDisposable
{
    /// <summary>Clocks jump and machines sleep: a trigger that is later than this is fired by the misfire rule.</summary>
    private static readonly TimeSpan MisfireThreshold = TimeSpan.FromSeconds(60);

    /// <summary>After an exception that no run should let through.</summary>
    private static readonly TimeSpan AfterBug = TimeSpan.FromMinutes(5);

    private static readonly TriggerKey Trigger = new("next", "updates");
    private static readonly JobKey Job = new("update", "updates");

    private readonly UpdateCoordinator _coordinator;
    private readonly UpdatesOptions _options;
    private readonly TimeSpan _interval;
    private readonly StatusKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly Random _chance;
    private readonly ILogger<UpdateSchedule> _logger;
    private readonly ServiceProvider _services;
    private IScheduler? _scheduler;

    /// <param name="interval">Zero = never by itself.</param>
    public UpdateSchedule(
        UpdateCoordinator coordinator,
        UpdatesOptions options,
        TimeSpan interval,
        StatusKeeper keeper,
        TimeProvider time,
        Random chance,
        ILoggerFactory loggers)
    {
        _coordinator = coordinator;
        _options = options;
        _interval = interval;
        _keeper = keeper;
        _time = time;
        _chance = chance;
        _logger = loggers.CreateLogger<UpdateSchedule>();
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddLogging();
        services.AddSingleton(this);
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always);
            quartz.UseInMemoryStore(store => store.MisfireThreshold = MisfireThreshold);
            quartz.UseDefaultThreadPool(1);
            quartz.UseTimeProvider(time);
        });
        _services = services.BuildServiceProvider();
    }

    /// <param name="hasNoDefinitions">True: the first run is now.</param>
    /// <param name="lastAttempt">When the source that was asked longest ago was asked; null = never.</param>
    public async Task StartAsync(bool hasNoDefinitions, DateTimeOffset? lastAttempt, CancellationToken cancellationToken)
    {
        if (_interval == TimeSpan.Zero)
        {
            return;
        }

        _scheduler = await _services.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
        await _scheduler.AddJob(
            JobBuilder.Create<UpdateJob>().WithIdentity(Job).DisallowConcurrentExecution().StoreDurably().Build(),
            cancellationToken: cancellationToken);
        var now = _time.GetUtcNow();
        var first = hasNoDefinitions || lastAttempt is not { } last || last > now || last + _interval <= now
            ? now
            : last + Jittered();
        await ArmAsync(first, cancellationToken);
        await _scheduler.Start(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true);
        }

        await _services.DisposeAsync();
    }

    /// <summary>The interval, longer or shorter by at most the configured share.</summary>
    internal TimeSpan Jittered() =>
        _interval * (1 + (_chance.NextDouble() * 2 - 1) * _options.JitterPercent / 100.0);

    [SuppressMessage("Design", "CA1031", Justification = "A Quartz job: whatever goes wrong in one run, the next one must come (M-280).")]
    private async Task FireAsync(CancellationToken cancellationToken)
    {
        var wait = Jittered();
        try
        {
            var run = _coordinator.Request(new UpdateRequest(UpdateTrigger.Schedule));
            await run.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            _logger.ScheduleFailed(e);
            wait = AfterBug < wait ? AfterBug : wait;
        }

        await ArmAsync(_time.GetUtcNow() + wait, cancellationToken);
    }

    /// <summary>Replaces the one trigger: measured from now, not from when the last one was due.</summary>
    private async Task ArmAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        // The trigger has a clock of its own, which decides what a missed time means: it must be the scheduler's.
        var trigger = TriggerBuilder.Create(_time)
            .WithIdentity(Trigger)
            .ForJob(Job)
            .StartAt(at)
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
        if (await _scheduler!.RescheduleJob(Trigger, trigger, cancellationToken) is null)
        {
            await _scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
        }

        _keeper.NextRunChanged(at);
        _logger.NextRun(at);
    }

    /// <summary>Made by Quartz for each firing.</summary>
    internal sealed class UpdateJob(UpdateSchedule schedule) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
            await schedule.FireAsync(cancellationToken);
    }
}
