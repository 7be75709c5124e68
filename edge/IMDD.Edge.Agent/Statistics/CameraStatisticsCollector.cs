using System.Runtime.CompilerServices;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Inference.Statistics;

namespace IMDD.Edge.Agent.Statistics;

/// <summary>
/// Counts what each camera's frames look like and hands a window to the outbox when it is full. Beside the frames' own journey: a window that is open when the
/// process dies is lost, and while the store is short none is kept. Used on the inspector's thread, but for <see cref="CloseAll"/> after it.
/// </summary>
internal sealed class CameraStatisticsCollector(
    StatisticsOptions options, OutcomeStore store, AgentIdentity identity, TimeProvider time, ILogger<CameraStatisticsCollector> logger)
{
    private readonly Dictionary<string, CameraWindow> _open = new(StringComparer.Ordinal);
    private readonly HashSet<(string Camera, string Model)> _begun = [];
    private readonly ConditionalWeakTable<BundleManifest, BundleReference?> _references = [];
    private BundleReference? _reference;
    private BundleManifest? _manifest;

    /// <summary>The model that sees the next frames.</summary>
    public void Uses(BundleManifest manifest)
    {
        if (!options.Enabled)
        {
            return;
        }

        _manifest = manifest;
        if (!_references.TryGetValue(manifest, out _reference))
        {
            _references.Add(manifest, _reference = ReferenceOf(manifest));
        }
    }

    /// <summary>Counts a decided frame, while its pixels are there.</summary>
    public void Observe(FrameInFlight frame)
    {
        if (!options.Enabled || frame.Image is not { } image || frame.Header.Simulated || frame.Decision is not { Model: { } model, ImageScore: not null } decision)
        {
            return;
        }

        var window = WindowOf(frame.Line, model, frame.Recipe!.Digest);
        window.Sketch.Add(FrameMeasures.Of(image), decision.Hardness?.Embedding);
        window.Sketch.Decided(decision.ImageScore, Name(decision.Verdict), decision.Regions.Count > 0 ? decision.Regions[0].Class : null);
        window.End = time.GetUtcNow();
        if (window.Sketch.Frames >= options.MaxFrames || (window.Sketch.Frames >= options.MinFrames && time.GetElapsedTime(window.StartTimestamp) >= options.Window))
        {
            Close(window);
        }
    }

    /// <summary>Hands over what is open, on the way out; windows of too few frames too, which a reader may put together.</summary>
    public void CloseAll()
    {
        foreach (var window in _open.Values.ToList())
        {
            Close(window);
        }
    }

    private CameraWindow WindowOf(CameraLine line, ModelReference model, string recipe)
    {
        if (_open.TryGetValue(line.Key, out var window))
        {
            if (window.Model.Digest == model.Digest && window.RecipeDigest == recipe)
            {
                return window;
            }

            Close(window);
        }

        window = new CameraWindow(
            line, model, recipe, _begun.Add((line.Key, model.Digest)) ? ReferenceOf(line.Path.ToString()) : null, new SketchBuilder(options.Embeddings, options.Seed), time.GetUtcNow(), time.GetTimestamp());
        _open.Add(line.Key, window);
        return window;
    }

    private void Close(CameraWindow window)
    {
        _open.Remove(window.Line.Key);
        if (store.Writer.IsShort)
        {
            return;
        }

        try
        {
            var camera = window.Line.Path;
            var cloudEvent = CameraStatisticsEvent.Create(
                new CameraStatistics
                {
                    CameraId = camera.Camera,
                    AssetPath = camera.Asset.ToString(),
                    WindowStart = window.Start,
                    WindowEnd = window.End >= window.Start ? window.End : window.Start,
                    Model = window.Model,
                    RecipeDigest = window.RecipeDigest,
                    Sketch = window.Sketch.Build(),
                    Reference = window.Reference,
                },
                new EventContext { Source = identity.Source, Time = window.End, RecordedTime = time.GetUtcNow() });
            store.Writer.Enqueue(new AppendStatistics(window.Line.Key, cloudEvent.Id, window.End, new PreparedRecord(cloudEvent)));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or EventTooLargeException or InvalidOperationException)
        {
            Log.StatisticsLost(logger, window.Line.Key, e.Message);
        }
    }

    private BundleReference? ReferenceOf(BundleManifest manifest)
    {
        if (manifest.Reference is not { ValueKind: JsonValueKind.Object } reference)
        {
            return null;
        }

        try
        {
            return reference.Deserialize<BundleReference>(ImddJson.Options);
        }
        catch (JsonException e)
        {
            Log.StatisticsReferenceUnusable(logger, manifest.Name, manifest.Version, e.Message);
            return null;
        }
    }

    /// <summary>What the model's bundle says of a camera; null where that is nothing, or nothing usable.</summary>
    private StatisticsSketch? ReferenceOf(string camera)
    {
        if (_reference?.StatisticsOf(camera) is not { } sketch || CameraStatisticsEvent.Fault(sketch) is not { } fault)
        {
            return _reference?.StatisticsOf(camera);
        }

        Log.StatisticsReferenceUnusable(logger, _manifest!.Name, _manifest.Version, $"{camera}: {fault}");
        return null;
    }

    private static string Name(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "pass",
        Verdict.Fail => "fail",
        _ => "undecided",
    };
}
