using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using IMDD.Relational;

namespace IMDD.Cloud.Trainer.Api;

/// <summary>Rows as the API shows them.</summary>
internal static class RunMapping
{
    public static TrainingRunView View(RunRow row) => new()
    {
        RunId = row.Id,
        State = row.State,
        Reasons = row.Reasons.Split(','),
        By = row.RequestedBy,
        RequestedAt = row.Requested,
        ChangedAt = row.Changed,
        Instance = row.Instance,
        FencingToken = row.Token,
        CancelAsked = row.CancelAsked,
        Champion = row.Champion,
        SnapshotId = row.SnapshotId,
        Frames = row.Frames,
        GateFrames = row.GateFrames,
        Progress = row.Progress,
        Attempts = row.Attempts,
        Gates = row.Gates is { } gates ? ImddJsonText.Read<List<GateResult>>(gates) : [],
        NewClasses = row.NewClasses is { } classes ? ImddJsonText.Read<List<TrainingNewClass>>(classes) : [],
        Release = row.Release,
        RolloutId = row.RolloutId,
        Error = row.Error,
    };
}
