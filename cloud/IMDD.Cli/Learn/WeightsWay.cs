using IMDD.Contracts.Events;
using IMDD.Contracts.Training;

namespace IMDD.Cli.Learn;

/// <summary>By new weights: a person labels frames from the review queue, the trainer trains the champion on and registers what has met its gates.</summary>
internal sealed class WeightsWay(LearnSettings settings, LearnPlant plant, string folder) : LearnWay
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _curator = new() { BaseAddress = plant.CuratorUrl };
    private readonly HttpClient _trainer = new() { BaseAddress = plant.TrainerUrl };
    private ScriptedReviewer? _reviewer;

    /// <inheritdoc/>
    public override int Labels => _reviewer?.Labels ?? 0;

    /// <inheritdoc/>
    public override string Bundle => folder;

    /// <inheritdoc/>
    public override async Task<ModelRelease> LearnAsync(Action<string, string> mark, CancellationToken stop)
    {
        _reviewer = new ScriptedReviewer(_curator, plant.Judge, settings.NewKindName, LearnRecipe.LabelsOfNewKind);
        await _reviewer.RunAsync(stop);
        mark($"{_reviewer.NewLabels} frames of the new kind labelled, and {_reviewer.Labels - _reviewer.NewLabels} false alarms", "the trainer freezes a snapshot");
        var run = await FollowAsync(mark, stop);
        mark($"release {run.Release} is registered: {string.Join(", ", run.Gates.Where(gate => gate.Passed).Select(gate => gate.Name))} met", "two agents try it");
        await plant.Registry.FetchAsync(run.Release!, folder, stop);
        return (await plant.Registry.ModelAsync(plant.ModelName, stop)).Versions.First(version => version.Model.Digest == run.Release).Model;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _curator.Dispose();
        _trainer.Dispose();
    }

    /// <summary>Until the run that the labels start has become a release.</summary>
    private async Task<TrainingRunView> FollowAsync(Action<string, string> mark, CancellationToken stop)
    {
        var state = "";
        while (true)
        {
            var runs = await _trainer.GetFromJsonAsync<List<TrainingRunView>>(TrainingRoutes.Runs, ImddJson.Options, stop);
            if (runs is [var run, ..])
            {
                switch (run.State)
                {
                    case TrainingState.Registered or TrainingState.Promoted:
                        return run;
                    case TrainingState.Refused:
                        throw new CommandFailedException($"The challenger did not meet {string.Join(", ", run.Gates.Where(gate => !gate.Passed).Select(gate => $"{gate.Name} ({gate.Detail})"))}.");
                    case TrainingState.Failed or TrainingState.Cancelled:
                        throw new CommandFailedException($"The training run {run.State}: {run.Error}");
                }

                if (run.State != state)
                {
                    state = run.State;
                    mark($"run {run.RunId}: {state}", run.Frames is { } frames ? $"{state}: {frames} labelled frames to learn from, {run.GateFrames} kept for the gate" : state);
                }
            }

            await Task.Delay(Tick, stop);
        }
    }
}
