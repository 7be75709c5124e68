using System.Diagnostics;
using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Measures the outcome store as the agent runs it: full sync, one transaction per group.</summary>
public static class StoreBenchmark
{
    private static readonly CameraPath Camera = new(AssetPath.Parse("bench/site/area/line/cell"), "camera");

    /// <summary>Appends so many outcomes and gives how many became durable per second.</summary>
    /// <param name="directory">A folder on the disk to measure; it must be empty.</param>
    /// <param name="outcomes">How many.</param>
    /// <param name="groupCommit">Most outcomes under one sync.</param>
    public static async Task<double> RunAsync(string directory, int outcomes, int groupCommit)
    {
        var source = EventSource.Agent(Camera.Asset, "bench");
        var time = TimeProvider.System;
        using var store = OutcomeStore.Open(new StoreOptions { Directory = directory, GroupCommit = groupCommit }, source, time, NullLogger.Instance);
        var commands = new AppendOutcome[outcomes];
        for (var index = 0; index < outcomes; index++)
        {
            commands[index] = new AppendOutcome(Draft(index, source, time.GetUtcNow()), CrashPoints.None, _ => { });
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var command in commands)
        {
            store.Writer.Enqueue(command);
        }

        await store.Writer.FlushAsync(CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(start);
        await store.Writer.CompleteAsync(CancellationToken.None);
        return outcomes / elapsed.TotalSeconds;
    }

    private static OutcomeDraft Draft(int index, EventSource source, DateTimeOffset now)
    {
        var frameId = EventId.ForFrame("bench", index);
        var outcome = new InspectionOutcome
        {
            FrameId = frameId,
            InspectionId = frameId,
            CameraId = Camera.Camera,
            AssetPath = Camera.Asset.ToString(),
            PartId = string.Create(CultureInfo.InvariantCulture, $"P{index}"),
            RecipeId = "bench@1",
            RecipeDigest = ContentDigest.Of("bench"u8),
            ResultState = ResultState.Completed,
            Verdict = Verdict.Pass,
            ImageScore = 0.1,
            Timing = new InspectionTiming { QueueMs = 1.25, PreprocessMs = 3.5, InferenceMs = 5.125, PostprocessMs = 0.25, TotalMs = 11.75 },
        };
        EventContext context = new() { Source = source, Time = now, RecordedTime = now };
        return new OutcomeDraft
        {
            OutcomeId = EventId.ForOutcome(Camera, frameId),
            CameraKey = Camera.ToString(),
            Verdict = Verdict.Pass,
            Happened = now,
            Outcome = new PreparedRecord(OutcomeEvent.Create(outcome, context)),
            BootId = "bench",
            Sequence = index,
        };
    }
}
