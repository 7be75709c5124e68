using System.Runtime.CompilerServices;
using System.Threading.Channels;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Inference;
using IMDD.Inference.Novelty;

namespace IMDD.Edge.Agent.Examples;

/// <summary>
/// Chooses among the inspected frames those that people should look at. Beside the frame's own journey: whatever happens here, the outcome goes its way, and
/// a choice that cannot be followed at once is given up and counted.
/// </summary>
internal sealed class HardExamples(
    HardExampleOptions options,
    ExampleAdmission admission,
    ShadowModel shadow,
    CameraQueues queues,
    OutcomeStore store,
    AgentTelemetry telemetry,
    TimeProvider time,
    ILogger<HardExamples> logger)
{
    private const int MaxPending = 16;

    private readonly Channel<ExampleJob> _pending = Channel.CreateBounded<ExampleJob>(new BoundedChannelOptions(MaxPending) { SingleReader = true });
    private readonly BudgetWindow _shadowed = new(TimeSpan.FromMinutes(1), options.ShadowPerMinute);
    private readonly ConditionalWeakTable<BundleManifest, NoveltyScale?> _scales = [];

    /// <summary>What was chosen and is durable as an outcome.</summary>
    public ChannelReader<ExampleJob> Pending => _pending.Reader;

    /// <summary>Adds to a decision what only the model's outputs tell; while they are valid, on the inspector's thread.</summary>
    public Decision Measure(Decision decision, ISegmenter segmenter, SegmentationResult result)
    {
        if (decision.Hardness is not { } hardness)
        {
            return decision;
        }

        double? novelty = options.Enabled && ScaleOf(segmenter.Manifest) is { } scale && scale.Length == result.Embedding.Length
            ? Math.Round(scale.Share(scale.Distance(result.Embedding.Span)), 6)
            : null;
        var embedding = result.Embedding.Length is > 0 and <= HardExample.MaxEmbedding ? result.Embedding.ToArray() : null;
        return decision with { Hardness = hardness with { Novelty = novelty, Embedding = embedding } };
    }

    /// <summary>Whether a decided frame is to be offered; while its pixels are there, on the inspector's thread.</summary>
    public void Consider(FrameInFlight frame)
    {
        frame.Example = null;
        if (!options.Enabled || frame.Decision is not { Hardness: { } hardness } decision || frame.Image is null || frame.Header.Simulated)
        {
            return;
        }

        try
        {
            frame.Example = Choose(frame, decision, hardness);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.ExampleFailed(logger, frame.OutcomeId, e.Message);
            telemetry.ExampleDropped(Reasons(frame, decision, hardness), "failed");
        }
    }

    /// <summary>The outcome of a frame is durable: what was chosen may go on.</summary>
    public void Durable(FrameInFlight frame)
    {
        if (frame.Example is { } job && !_pending.Writer.TryWrite(job))
        {
            telemetry.ExampleDropped(job.Example.Reasons, "overload");
        }
    }

    /// <summary>The names of what was seen, as one text.</summary>
    public static string Names(IReadOnlyList<DefectRegion> regions)
        => string.Join('\n', regions.Select(r => r.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private ExampleJob? Choose(FrameInFlight frame, Decision decision, Hardness hardness)
    {
        var reasons = Reasons(frame, decision, hardness);
        var now = time.GetUtcNow();
        var wantsShadow = WantsShadow(frame, now);
        if (reasons.Count == 0 && !wantsShadow)
        {
            return null;
        }

        if (queues.Count > options.MaxWaiting || store.Writer.IsShort || !store.Admission.IsOpen)
        {
            telemetry.ExampleDropped(reasons, queues.Count > options.MaxWaiting ? "overload" : "store");
            return null;
        }

        var look = Thumbprint.Of(frame.Image!);
        var admitted = reasons.Count == 0 ? [] : admission.Admit(frame.Line.Key, reasons, look, Names(decision.Regions), isAdmitted: false, now);
        return admitted.Count == 0 && !wantsShadow
            ? null
            : new ExampleJob(
                Example(frame, decision, hardness, admitted), frame.Payload.ToArray(), frame.Line, frame.Recipe!, decision, look, frame.Happened,
                frame.Header.TraceParent ?? frame.Span?.Id, wantsShadow);
    }

    private List<string> Reasons(FrameInFlight frame, Decision decision, Hardness hardness)
    {
        List<string> reasons = [];
        if (hardness.Uncertainty >= options.UncertainFrom || decision.Reason == UndecidedReason.Uncertain)
        {
            reasons.Add(HardReason.Uncertain);
        }

        if (hardness.Novelty >= options.NovelFrom)
        {
            reasons.Add(HardReason.Novel);
        }

        if (hardness.UnknownDefect is not null)
        {
            reasons.Add(HardReason.UnknownDefect);
        }

        if (FrameLot.IsDrawn("random", options.Seed, frame.OutcomeId, options.RandomShare))
        {
            reasons.Add(HardReason.Random);
        }

        return reasons;
    }

    private bool WantsShadow(FrameInFlight frame, DateTimeOffset now)
    {
        if (!shadow.IsThere || queues.Count > options.ShadowMaxWaiting || !_shadowed.HasRoom(now)
            || !FrameLot.IsDrawn("shadow", options.Seed, frame.OutcomeId, options.ShadowShare))
        {
            return false;
        }

        _shadowed.Take(now);
        return true;
    }

    private static HardExample Example(FrameInFlight frame, Decision decision, Hardness hardness, IReadOnlyList<string> reasons)
    {
        Dictionary<string, double> scores = new(StringComparer.Ordinal) { [HardReason.Uncertain] = hardness.Uncertainty };
        if (hardness.Novelty is { } novelty)
        {
            scores[HardReason.Novel] = novelty;
        }

        if (hardness.UnknownDefect is { } unknown)
        {
            scores[HardReason.UnknownDefect] = unknown;
        }

        return new HardExample
        {
            FrameId = frame.Header.FrameId,
            OutcomeId = frame.OutcomeId,
            CameraId = frame.Line.Path.Camera,
            AssetPath = frame.Line.Path.Asset.ToString(),
            Reasons = reasons,
            Scores = scores,
            Frame = new FrameReference
            {
                Digest = frame.Digest!,
                SizeBytes = frame.Payload.Length,
                Width = frame.Width,
                Height = frame.Height,
                ContentType = frame.Header.ContentType,
            },
            Verdict = decision.Verdict,
            Regions = decision.Regions,
            Model = decision.Model,
            Embedding = hardness.Embedding is { } embedding ? UnitVector(embedding) : null,
        };
    }

    /// <summary>The direction, to four places: enough to tell which frames are alike. Null where there is none.</summary>
    private static double[]? UnitVector(float[] embedding)
    {
        var length = Math.Sqrt(embedding.Sum(element => (double)element * element));
        return length > 0 && double.IsFinite(length) ? [.. embedding.Select(element => Math.Round(element / length, 4))] : null;
    }

    private NoveltyScale? ScaleOf(BundleManifest manifest)
    {
        if (_scales.TryGetValue(manifest, out var scale))
        {
            return scale;
        }

        try
        {
            scale = NoveltyScale.Of(manifest);
        }
        catch (FormatException e)
        {
            Log.NoveltyUnusable(logger, manifest.Name, manifest.Version, e.Message);
        }

        _scales.Add(manifest, scale);
        return scale;
    }
}
