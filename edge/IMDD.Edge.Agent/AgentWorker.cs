using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Evidence;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Publishing;
using IMDD.Edge.Agent.State;
using IMDD.Edge.Agent.Statistics;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Messaging.Kafka;

namespace IMDD.Edge.Agent;

/// <summary>Starts the stages, watches them, stops them in the order in which frames pass them.</summary>
internal sealed class AgentWorker(
    AgentIdentity identity,
    AgentOptions options,
    StoreOptions storeOptions,
    OutcomeStore store,
    AttemptJournal journal,
    CameraGroups groups,
    IModelLoader loader,
    CameraLines lines,
    InFlightFrames inFlight,
    FrameIntake intake,
    DecodeStage decode,
    Inspector inspector,
    NeverArrivedWatch neverArrived,
    EvidenceUploader uploader,
    ShadowModel shadow,
    ExampleCollector exampleCollector,
    CameraStatisticsCollector statistics,
    ExampleUploader exampleUploader,
    ReceiptPublisher receipts,
    KafkaOutboxPublisher outbox,
    IKafkaPublisher kafka,
    StatePublisher states,
    EdgeStateRelay stateRelay,
    BalanceRelay balances,
    ModelDelivery delivery,
    FeedbackPublisher feedback,
    AgentSessions sessions,
    CrashPoints crashPoints,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<AgentWorker> logger) : BackgroundService
{
    private const int SpareThreads = 4;
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Loads the models before anything listens: a bundle that does not run is found at the start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (group, loaded) in groups.All.Zip(loader.Load(groups.All)))
        {
            group.Slot.Swap(loaded.Segmenter, loaded.Slot, fault: loaded.Fault)?.Dispose();
        }

        // After the models: where one was taken back at this start, so was the recipe.
        foreach (var group in delivery.Groups)
        {
            group.Recipes.Resume();
        }

        await shadow.LoadAsync();
        lines.AddConfigured();
        foreach (var group in delivery.Groups)
        {
            group.Recipes.WarnOfUnknownClasses(group.Group.Recipes.Current.Recipe);
            WarnOfMissingReferences(group.Group);
        }

        // Decoders and the model keep threads of the pool busy for milliseconds at a time; acknowledgements and receipts must not wait for
        // the pool to find out that it is too small.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, Environment.ProcessorCount + decode.Workers + SpareThreads), ports);
        telemetry.Observe(store, groups, time);
        neverArrived.Resume();
        var rest = groups.Rest.Slot;
        Log.Started(logger, identity.Name, identity.Asset.ToString(), Path.GetFullPath(storeOptions.Directory), store.Writer.Backlog, rest.Model?.Name, rest.Model?.Version, rest.ExecutionProvider);
        foreach (var group in groups.Named)
        {
            Log.GroupStarted(logger, group.Name!, string.Join(", ", group.Cameras), group.Slot.Model?.Name, group.Slot.Model?.Version, group.Slot.ExecutionProvider);
        }

        if (journal.Count > 0)
        {
            Log.CrashFound(logger, journal.Count);
        }

        if (crashPoints != CrashPoints.None)
        {
            Log.FaultInjection(logger, Environment.GetEnvironmentVariable(CrashPoints.Variable)!);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenSource intakeStop = new();
        using CancellationTokenSource frameStop = new();
        using CancellationTokenSource publishStop = new();
        List<Task> frameStages =
        [
            .. Enumerable.Range(0, decode.Workers).Select(_ => Start(() => decode.RunAsync(frameStop.Token))),
            Start(() => inspector.RunAsync(frameStop.Token)),
        ];
        var outboxTask = Start(() => outbox.RunAsync(publishStop.Token));
        var receiptTask = Start(() => receipts.RunAsync(sessions.Control, publishStop.Token));
        List<Task> others =
        [
            outboxTask,
            receiptTask,
            Start(() => uploader.RunAsync(publishStop.Token)),
            Start(() => exampleCollector.RunAsync(publishStop.Token)),
            Start(() => exampleUploader.RunAsync(publishStop.Token)),
            Start(() => stateRelay.RunAsync(publishStop.Token)),
            Start(() => states.RunAsync(sessions.Control, publishStop.Token)),
            Start(() => neverArrived.RunAsync(intakeStop.Token)),
            Start(() => feedback.RunAsync(sessions.Control, publishStop.Token)),
            .. delivery.Groups.Select(group => Start(() => group.RunAsync(intakeStop.Token))),
        ];
        try
        {
            var connecting = sessions.StartAsync(intake, balances, delivery, intakeStop.Token, stoppingToken);
            var stopping = Task.Delay(Timeout.Infinite, stoppingToken);
            List<Task> watched = [.. frameStages, .. others, sessions.TakenOver, store.Writer.Ended, stopping];
            var first = await Task.WhenAny([.. watched, connecting]);
            if (first == connecting && connecting.IsCompletedSuccessfully)
            {
                first = await Task.WhenAny(watched);
            }

            if (first != stopping && !stoppingToken.IsCancellationRequested)
            {
                await first;
            }
        }
        finally
        {
            Log.Stopping(logger, inFlight.Count, store.Writer.Backlog);
            using CancellationTokenSource limit = new(options.DrainTimeout, time);
            await intakeStop.CancelAsync();
            await DrainFramesAsync(limit.Token);
            await frameStop.CancelAsync();
            await IgnoreAsync(frameStages);
            statistics.CloseAll();
            await IgnoreAsync([store.Writer.FlushAsync(limit.Token)]);
            receipts.Complete();
            await IgnoreAsync([receiptTask.WaitAsync(limit.Token), states.SayOfflineAsync(sessions.Control, limit.Token)]);
            await publishStop.CancelAsync();
            await IgnoreAsync(others);
            stateRelay.PublishAll();
            await IgnoreAsync([kafka.FlushAsync(limit.Token)]);
            await outbox.DrainAsync(limit.Token);
            await sessions.DisposeAsync();
            await IgnoreAsync([store.Writer.CompleteAsync(limit.Token)]);
        }
    }

    private static Task Start(Func<Task> stage) => Task.Run(stage);

    private void WarnOfMissingReferences(CameraGroup group)
    {
        if (!group.Slot.TakesReference)
        {
            return;
        }

        foreach (var camera in lines.All.Count == 0 ? ["(none is named)"] : lines.All.Where(l => l.Group == group && l.Reference is null).Select(l => l.Path.Camera))
        {
            Log.ReferenceMissing(logger, group.Slot.Model!.Name, camera);
        }
    }

    /// <summary>What has been taken in is finished, as far as the time allows; the rest was not acknowledged and comes again.</summary>
    private async Task DrainFramesAsync(CancellationToken limit)
    {
        try
        {
            while (inFlight.Count > 0 && store.Admission.IsOpen)
            {
                await Task.Delay(DrainPoll, time, limit);
            }
        }
        catch (OperationCanceledException)
        {
            // The time to stop is over.
        }
    }

    /// <summary>On the way out an error of one part must not keep the others from ending; the first one is on its way to the host already.</summary>
    private static async Task IgnoreAsync(IEnumerable<Task> tasks)
    {
        foreach (var task in tasks)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
