using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Evidence;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.Examples;

/// <summary>Takes the chosen frames, one at a time: lets the second model see those it is to see, spools the picture, remembers the example in the store.</summary>
internal sealed class ExampleCollector(
    HardExamples examples,
    HardExampleOptions options,
    ShadowModel shadow,
    ExampleAdmission admission,
    CameraQueues queues,
    EvidenceSpool spool,
    OutcomeStore store,
    ExampleUploader uploader,
    CrashPoints crashPoints,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<ExampleCollector> logger)
{
    /// <summary>From here on the second model's word is a reason: another verdict, or no name in common.</summary>
    private const double DisagreesFrom = 0.5;

    /// <summary>Works until the token fires.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var job in examples.Pending.ReadAllAsync(cancellationToken))
        {
            try
            {
                await CollectAsync(job, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                // An example is lost, and no more than that.
                Log.ExampleFailed(logger, job.Example.OutcomeId, e.Message);
                telemetry.ExampleDropped(job.Example.Reasons, "failed");
            }
        }
    }

    private async Task CollectAsync(ExampleJob job, CancellationToken cancellationToken)
    {
        var example = HardExampleEvent.Fit(await WithShadowAsync(job));
        if (example.Reasons.Count == 0)
        {
            return;
        }

        ExampleItem item = new(
            example.OutcomeId, job.Line.Key, example.Frame.Digest, example.Frame.ContentType ?? "application/octet-stream", job.Picture.Length, time.GetUtcNow(),
            job.Happened, job.TraceParent, ImddJson.Serialize(example));
        if (spool.TryKeep(item, job.Picture, options.SpoolMaxBytes) is { } refusal)
        {
            telemetry.ExampleDropped(example.Reasons, refusal);
            return;
        }

        crashPoints.Pass(CrashPoint.AfterExampleSpooled);
        var (day, used) = admission.UsedOn(item.Since);
        AppendExample append = new(item, day, used, crashPoints);
        store.Writer.Enqueue(append);
        await append.Done.WaitAsync(cancellationToken);
        uploader.Wake();
    }

    private async Task<HardExample> WithShadowAsync(ExampleJob job)
    {
        var example = job.Example;
        if (!job.WantsShadow || queues.Count > options.ShadowMaxWaiting || await shadow.DisagreementAsync(job) is not { } disagreement)
        {
            return example;
        }

        example = example with { Scores = new Dictionary<string, double>(example.Scores, StringComparer.Ordinal) { [HardReason.Disagreement] = Math.Round(disagreement, 6) } };
        if (disagreement < DisagreesFrom)
        {
            return example;
        }

        var admitted = admission.Admit(
            job.Line.Key, [HardReason.Disagreement], job.Look, HardExamples.Names(job.Decision.Regions), example.Reasons.Count > 0, time.GetUtcNow());
        return example with { Reasons = [.. example.Reasons, .. admitted] };
    }
}
