using System.Globalization;
using System.Text.Json;
using IMDD.Cloud.Trainer.Children;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.Replay;
using IMDD.Cloud.Trainer.Snapshots;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Training;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer.Runs;

/// <summary>
/// Takes a run from the state it is in to its end. Every state can be entered again after a crash: a snapshot that is there is used, a child goes on
/// from its checkpoint, the registry registers the same content once, an alias that has moved is left alone.
/// </summary>
internal sealed class RunExecutor(
    RunBook book, RunFolders folders, SnapshotMaker snapshots, RegistryClient registry, TrainingChild child, StationPredictor predictor, CameraReferences references, TrainerTelemetry telemetry, IOptions<TrainerOptions> options, TimeProvider time,
    ILogger<RunExecutor> logger)
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private TrainerOptions Options => options.Value;

    /// <summary>Works until the run has ended.</summary>
    /// <param name="run">Its id.</param>
    /// <param name="keeper">Of the lease.</param>
    /// <param name="stopping">Leaves the run as it is, for whoever goes on.</param>
    /// <exception cref="LeaseLostException">Another instance has it.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task ExecuteAsync(string run, LeaseKeeper keeper, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, keeper.Cancelled, keeper.Lost);
        var row = book.TakeOver(run, keeper.Token);
        while (row.IsOpen)
        {
            try
            {
                row = row.CancelAsked ? End(row, keeper.Token, TrainingState.Cancelled) : await StepAsync(row, keeper, stop.Token);
            }
            catch (OperationCanceledException) when (keeper.Lost.IsCancellationRequested)
            {
                throw new LeaseLostException(keeper.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested && keeper.Cancelled.IsCancellationRequested)
            {
                row = End(row, keeper.Token, TrainingState.Cancelled);
            }
            catch (RunFailedException e)
            {
                row = await FailAsync(row, keeper.Token, e, stop.Token);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                row = await FailAsync(row, keeper.Token, new RunFailedException(e.Message, inner: e), stop.Token);
            }
        }

        try
        {
            folders.Prune();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.FoldersStay(logger, e.Message);
        }
    }

    private Task<RunRow> StepAsync(RunRow row, LeaseKeeper keeper, CancellationToken stop) => row.State switch
    {
        TrainingState.Requested => BeginAsync(row, keeper.Token, stop),
        TrainingState.Snapshotting => SnapshotAsync(row, keeper.Token, stop),
        TrainingState.Training => TrainAsync(row, keeper, stop),
        TrainingState.Gating => GateAsync(row, keeper, stop),
        TrainingState.Registering => RegisterAsync(row, keeper, stop),
        _ => throw new RunFailedException($"The state '{row.State}' is not one that this program knows."),
    };

    private async Task<RunRow> BeginAsync(RunRow row, long token, CancellationToken stop)
    {
        var champion = await registry.ChampionAsync(stop);
        return Move(row, token, TrainingState.Snapshotting, r => r.Champion = champion);
    }

    private async Task<RunRow> SnapshotAsync(RunRow row, long token, CancellationToken stop)
    {
        var (id, manifest, _) = await snapshots.MakeAsync(row.Id, folders.SnapshotOf(row), stop);
        return Move(row, token, TrainingState.Training, r =>
        {
            (r.SnapshotId, r.SnapshotLabels) = (id, manifest.LastLabel);
            (r.Frames, r.GateFrames) = (manifest.TrainFrames, manifest.GateFrames);
        });
    }

    private async Task<RunRow> TrainAsync(RunRow row, LeaseKeeper keeper, CancellationToken stop)
    {
        var snapshot = new SnapshotFolder(folders.SnapshotOf(row));
        await registry.DownloadAsync(row.Champion!, folders.ChampionOf(row), stop);
        var tuning = Options.Training;
        List<string> arguments = ["train", "edge", "--out", folders.ModelOf(row), "--from", folders.ChampionOf(row), "--keep-classes", "--whole", $"labelled:{snapshot.Train}"];
        if (tuning.Replay.Count > 0)
        {
            arguments.AddRange(["--data", .. tuning.Replay]);
        }

        arguments.AddRange(["--exclude", snapshot.GatePictures, "--learning-rate", Text(tuning.LearningRate), "--batch", Text(tuning.Batch), "--memory", Text(tuning.Memory)]);
        arguments.AddRange(tuning.Steps is { } steps ? ["--steps", Text(steps)] : ["--minutes", Text(tuning.Minutes)]);
        arguments.AddRange(["--threads", Text(tuning.Threads), "--seed", Text(tuning.Seed)]);
        if (tuning.SideBranch)
        {
            arguments.Add("--side-branch");
        }

        if (tuning.Crop is { } crop)
        {
            arguments.AddRange(["--crop", Text(crop)]);
        }

        if ((await ManifestAsync(folders.ChampionOf(row), stop)).TextEncoder?.Name == TextEncoderReference.Clip)
        {
            const string Section = $"{TrainerOptions.Section}:{nameof(TrainerOptions.Training)}";
            arguments.AddRange(tuning is { Clip: { } clip, Tokenizer: { } tokenizer }
                ? ["--clip", clip, "--tokenizer", tokenizer]
                : throw new RunFailedException(
                    $"The champion's rows are made with CLIP, and {Section}:{nameof(tuning.Clip)} and {Section}:{nameof(tuning.Tokenizer)} are not set: expected the folders of that CLIP."));
        }

        arguments.AddRange(tuning.Arguments);
        await child.RunAsync(arguments, Teller(row, keeper.Token), stop, keeper.Lost);
        return Move(row, keeper.Token, TrainingState.Gating, _ => { });
    }

    private async Task<RunRow> GateAsync(RunRow row, LeaseKeeper keeper, CancellationToken stop)
    {
        var snapshot = new SnapshotFolder(folders.SnapshotOf(row));
        var gate = Options.Gate;
        await registry.DownloadAsync(row.Champion!, folders.ChampionOf(row), stop);
        List<string> arguments = ["train", "gate", "--champion", folders.ChampionOf(row), "--challenger", folders.ModelOf(row), "--split", gate.Split];
        if (gate.Data.Count > 0)
        {
            arguments.AddRange(["--data", .. gate.Data]);
        }

        if (row.GateFrames > 0)
        {
            arguments.AddRange(["--whole", $"labelled:{snapshot.Gate}"]);
        }

        arguments.AddRange(["--limits", gate.Limits, "--seed", Text(gate.Seed), "--threads", Text(Options.Training.Threads)]);
        if (gate.Threshold is { } threshold)
        {
            arguments.AddRange(["--threshold", Text(threshold)]);
        }

        var report = ImddJson.Deserialize<GateAnswer>(JsonSerializer.SerializeToUtf8Bytes(await child.RunAsync(arguments, Teller(row, keeper.Token), stop, keeper.Lost)));
        List<GateResult> gates =
        [
            new("parity", true, Detail: "the exported graph says what the network says, or there were no bundle"),
            new("gate-set-apart", true, Detail: "no picture of the gate set was learned from, by hash"),
            .. report.Gates,
        ];
        void Keep(RunRow r) => (r.Gates, r.NewClasses) = (ImddJsonText.Write(gates), ImddJsonText.Write(report.NewClasses));
        return report.Passed && gates.TrueForAll(g => g.Passed)
            ? Move(row, keeper.Token, TrainingState.Registering, Keep)
            : End(row, keeper.Token, TrainingState.Refused, Keep);
    }

    private async Task<RunRow> RegisterAsync(RunRow row, LeaseKeeper keeper, CancellationToken stop)
    {
        var token = keeper.Token;
        var gates = ImddJsonText.Read<List<GateResult>>(row.Gates!);
        await registry.DownloadAsync(row.Champion!, folders.ChampionOf(row), stop);
        var trained = await ManifestAsync(folders.ModelOf(row), stop);
        var manifest = trained with
        {
            Name = Options.Model,
            Metrics = gates.Where(g => g.Value is not null).ToDictionary(g => g.Name, g => g.Value!.Value, StringComparer.Ordinal),
            TrainedFrom = (trained.TrainedFrom ?? new BundleLineage()) with { DatasetDigest = row.SnapshotId, Parent = row.Champion },
            Reference = await references.MakeAsync(row, folders.PredictionOf(row), await ManifestAsync(folders.ChampionOf(row), stop), trained, stop),
            Predicted = await predictor.PredictAsync(folders.ModelOf(row), folders.PredictionOf(row), Teller(row, token), stop, keeper.Lost),
        };

        // Whoever was paused until here finds that the row is no longer theirs; whoever is paused just after it is refused by the registry.
        row = book.Change(row.Id, token, r => r.Attempts++);
        await StoreSnapshotAsync(row, stop);
        var release = await registry.RegisterAsync(folders.ModelOf(row), new RegisterModel { Manifest = manifest, Gates = gates, By = $"trainer/{row.Id}", FencingToken = token }, stop);
        row = book.Change(row.Id, token, r => r.Release = release.Model.Digest);
        if (Options.Promote == PromotionTarget.None)
        {
            return End(row, token, TrainingState.Registered);
        }

        var alias = Options.Promote == PromotionTarget.Champion ? ModelAlias.Champion : ModelAlias.Challenger;
        if (release.Aliases.Contains(alias, StringComparer.Ordinal))
        {
            return End(row, token, TrainingState.Promoted);
        }

        var rollout = await registry.PromoteAsync(
            new PromoteModel
            {
                Digest = release.Model.Digest,
                Agents = Options.Promote == PromotionTarget.Champion ? [] : Options.ChallengerAgents,

                // Whoever named them may start them later; the release waits for them. A group must have been named by its agent: else the registry refuses.
                AllowUnknown = true,
                By = $"trainer/{row.Id}",
                Reason = $"trained for: {row.Reasons}",
            },
            stop);
        return End(row, token, TrainingState.Promoted, r => r.RolloutId = rollout.RolloutId);
    }

    private static async Task<BundleManifest> ManifestAsync(string bundle, CancellationToken stop)
        => ImddJson.Deserialize<BundleManifest>(await File.ReadAllBytesAsync(Path.Combine(bundle, "manifest.json"), stop));

    /// <summary>The lineage names the snapshot by its digest: the registry gets what is behind it, labels before the manifest that names them.</summary>
    private async Task StoreSnapshotAsync(RunRow row, CancellationToken stop)
    {
        SnapshotFolder folder = new(folders.SnapshotOf(row));
        var manifest = ImddJson.Deserialize<SnapshotManifest>(await File.ReadAllBytesAsync(folder.Manifest, stop));
        foreach (var (digest, side) in new[] { (manifest.Train, folder.Train), (manifest.Gate, folder.Gate) })
        {
            if (digest is not null)
            {
                await registry.StoreAsync(digest, Path.Combine(side, LabelsFile.Name), stop);
            }
        }

        await registry.StoreAsync(manifest.GatePictures, folder.GatePictures, stop);
        await registry.StoreAsync(row.SnapshotId!, folder.Manifest, stop);
    }

    private RunRow Move(RunRow row, long token, string state, Action<RunRow> change)
    {
        var moved = book.Change(row.Id, token, r =>
        {
            (r.State, r.Attempts, r.Progress, r.Error) = (state, 0, null, null);
            change(r);
        });
        Log.RunMoved(logger, row.Id, state);
        return moved;
    }

    private RunRow End(RunRow row, long token, string state, Action<RunRow>? change = null)
    {
        var ended = book.Change(row.Id, token, r =>
        {
            (r.State, r.IsOpen) = (state, false);
            change?.Invoke(r);
        });
        telemetry.Ended(state);
        Log.RunMoved(logger, row.Id, state);
        return ended;
    }

    /// <summary>Waits and tries again where that may help, else ends the run.</summary>
    private async Task<RunRow> FailAsync(RunRow row, long token, RunFailedException failure, CancellationToken stop)
    {
        if (failure.MayPass && row.Attempts + 1 < Options.Attempts)
        {
            var tried = book.Change(row.Id, token, r => (r.Attempts, r.Error) = (r.Attempts + 1, failure.Message));
            Log.AttemptFailed(logger, row.Id, row.State, tried.Attempts, failure.Message);
            await Task.Delay(RetryDelay * tried.Attempts, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return tried;
        }

        Log.RunFailed(logger, row.Id, row.State, failure.Message);
        return End(row, token, TrainingState.Failed, r => r.Error = $"{row.State}: {failure.Message}");
    }

    /// <summary>Keeps the child's last word in the run, now and then.</summary>
    private Action<string> Teller(RunRow row, long token)
    {
        long? told = null;
        return line =>
        {
            Log.ChildSaid(logger, row.Id, line);
            if (told is { } last && time.GetElapsedTime(last) < ProgressPeriod)
            {
                return;
            }

            told = time.GetTimestamp();
            try
            {
                book.Change(row.Id, token, r => r.Progress = line);
            }
            catch (Exception e) when (e is LeaseLostException or System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException)
            {
                // The keeper finds out by itself; a word of progress is no reason to end a run.
                return;
            }
        };
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
