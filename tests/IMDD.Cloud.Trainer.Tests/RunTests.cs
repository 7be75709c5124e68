using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IMDD.Cloud.Trainer.Registry;
using IMDD.Cloud.Trainer.Replay;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Training;
using IMDD.Learning.Datasets.Readers;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>Runs from labels on Kafka to releases in a real registry; what trains is a script.</summary>
public sealed class RunTests : IAsyncLifetime
{
    // SQLITE_BUSY.
    private const int Busy = 5;

    private const int Count = 10;

    private Plant _plant = default!;
    private TrainingScript _script = default!;
    private string _champion = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _plant = await Plant.StartAsync();
        _script = new TrainingScript(_plant.Directory);
        _champion = await _plant.CrownShippedAsync();
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    [Fact]
    public async Task Labels_Enough_BecomeAChampionWithItsLineage()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:NewLabels", $"{Count}"), ("Trainer:Promote", "Champion"));
        await PublishAsync(trainer);
        await Eventually.HoldsAsync(async () => (await trainer.RunsAsync()).Count > 0);

        var run = await trainer.EndsAsync((await trainer.RunsAsync()).Single().RunId, TrainingState.Promoted);

        run.Reasons.ShouldBe([TrainingReason.Labels]);
        run.Champion.ShouldBe(_champion);
        (run.Frames + run.GateFrames).ShouldBe(Count);
        run.GateFrames!.Value.ShouldBeGreaterThan(0);
        run.NewClasses.ShouldBe([new TrainingNewClass("dent", 3, 0, 0.8)]);
        run.RolloutId.ShouldNotBeNull();
        var model = await _plant.ModelAsync();
        model.Versions.Count.ShouldBe(2);
        model.Aliases[ModelAlias.Champion].ShouldBe(run.Release);
        var release = model.Versions.Single(v => v.Model.Digest == run.Release);
        release.TrainedFrom!.DatasetDigest.ShouldBe(run.SnapshotId);
        var dataset = ImddJson.Deserialize<DatasetView>(await _plant.Registry.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Dataset, run.SnapshotId!), Stop));
        (dataset.Run, dataset.TrainFrames, dataset.GateFrames, dataset.Frames.Count).ShouldBe((run.RunId, run.Frames!.Value, run.GateFrames.Value, Count));
        release.TrainedFrom.Parent.ShouldBe(_champion);
        release.Gates.Select(g => g.Name).ShouldBe(["parity", "gate-set-apart", "recall@set"]);
        release.Metrics!["recall@set"].ShouldBe(0.9);

        // The snapshot is there by content, in folders and in blobs, and its two sides share nothing.
        var snapshot = Path.Combine(_plant.Work, "runs", run.RunId, "snapshot");
        var train = DatasetReaders.Read($"labelled:{snapshot}/train", strict: true).Samples;
        var gate = DatasetReaders.Read($"labelled:{snapshot}/gate", strict: true).Samples;
        (train.Count, gate.Count).ShouldBe((run.Frames!.Value, run.GateFrames.Value));
        train.Select(s => s.Id).Intersect(gate.Select(s => s.Id)).ShouldBeEmpty();
        File.ReadAllLines(snapshot + "/gate-pictures.txt").ShouldBe(gate.Select(s => ContentDigest.Of(File.ReadAllBytes(s.ImagePath))), ignoreOrder: true);
        (await _plant.Blobs.GetAsync(run.SnapshotId!, 1 << 20, Stop)).ShouldBe(File.ReadAllBytes(snapshot + "/snapshot.json"));
        _script.Calls[0].Arguments.ShouldContain("--keep-classes");
        _script.Calls[0].Arguments.ShouldContain("--side-branch");
        _script.Calls[0].Arguments.ShouldContain($"--exclude {snapshot}/gate-pictures.txt");
        _script.Calls[1].Arguments.ShouldContain($"--whole labelled:{snapshot}/gate");

        // What was learned from is not new any more; a withdrawal is forgotten.
        await _plant.PublishAsync(Labels.Withdrawn(1, revision: 2), Labels.Malformed(2), Labels.Agreed(20), Labels.Agreed(21));
        await trainer.LabelsAsync(Count + 1);
        var summary = await trainer.SummaryAsync();
        (summary.NewLabels, summary.OpenRun).ShouldBe((2, null));
        summary.NewByClass.ShouldBe(new Dictionary<string, long> { ["dent"] = 2 });
        (await trainer.RunsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Candidate_IsShownTheStationsFrames_AndItsManifestSaysWhatItWillDoThere()
    {
        var trainer = await StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        await StoreAsync(Enumerable.Range(50, 9));
        await _plant.PublishAsync(
            [
                .. Enumerable.Range(50, 5).Select(n => StationRecords.Failed(n, now)), .. Enumerable.Range(55, 4).Select(n => StationRecords.Passed(n, now)),
                StationRecords.Failed(99, now), .. Enumerable.Range(1, 3).Select(n => StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20)),
            ]);
        await Eventually.HoldsAsync(() => trainer.Get<StationBook>().Stations().Count == 1 && trainer.Get<StationBook>().Frames("acme/ulm/paint/line2/cell3", failed: true, now.AddDays(-1)).Count == 6);

        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        var folder = Path.Combine(_plant.Work, "runs", run.RunId, "prediction");
        var line = ImddJson.Deserialize<ReplayPlan>(await File.ReadAllBytesAsync(Path.Combine(folder, "plan.json"), Stop)).Lines.ShouldHaveSingleItem();
        line.Line.ShouldBe("acme/ulm/paint/line2/cell3");
        0.2.ShouldBeInRange(line.FailedLow, line.FailedHigh);
        (line.Frames.Count(f => f.Failed), line.Frames.Count(f => !f.Failed)).ShouldBe((5, 4), "the picture of 99 is not stored");
        line.Frames.ShouldAllBe(f => ContentDigest.IsValid(ContentDigest.Prefix + f.File));
        Directory.GetFiles(folder).Select(Path.GetFileName).ShouldBe(["plan.json", "predicted.json", "reference.json"], ignoreOrder: true, "the pictures have served");
        _script.Calls[^1].Arguments.ShouldContain($"train predict --bundle {Path.Combine(_plant.Work, "runs", run.RunId, "model")} --plan {folder}/plan.json");
        var manifest = ImddJson.Deserialize<BundleManifest>((await _plant.Registry.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Blob, run.Release!), Stop)));
        var predicted = LinePrediction.Of(manifest, "acme/ulm/paint/line2/cell3").ShouldNotBeNull();
        predicted.FailRate["dent"].ShouldBe([0.1, 0.3]);
        (predicted.Frames, predicted.AnyFailRate![1]).ShouldBe((9, 0.4));
        LinePrediction.Of(manifest, "acme/ulm/paint/line9").ShouldBeNull();
    }

    [Fact]
    public async Task Candidate_IsJudgedByTheRecipeOfTheStation_WhereTheRegistryHasIt()
    {
        Recipe recipe = new() { Id = "door-red@4", MinAreaPx = 60, Classes = new Dictionary<string, RecipeClassRule> { ["dent"] = new() { MinScore = 0.5 } } };
        string own = RecipeDigest.Of(recipe), unknown = RecipeDigest.Of(recipe with { Id = "door-red@5" });
        var withMargin = recipe with { Id = "door-blue@1", UndecidedMargin = 0.1 };
        foreach (var known in (Recipe[])[recipe, withMargin])
        {
            using var request = JsonContent.Create(new RegisterRecipe { Recipe = JsonSerializer.SerializeToElement(known, ImddJson.Options), By = "test" }, options: ImddJson.Options);
            (await Plant.ReadAsync<RecipeView>(await _plant.Registry.PostAsync(RegistryRoutes.Recipes, request, Stop))).Digest.ShouldBe(RecipeDigest.Of(known));
        }

        var trainer = await StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        await StoreAsync([50, 51, 52, 53]);
        await _plant.PublishAsync(
            [
                StationRecords.Failed(50, now), StationRecords.Failed(51, now.AddMinutes(-16)), StationRecords.Failed(52, now, line: "line3"), StationRecords.Failed(53, now, line: "line4"),
                .. Enumerable.Range(1, 3).SelectMany(n => (KafkaConsumed[])[
                    StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20, recipe: own), StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20, line: "line3", recipe: unknown),
                    StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20, line: "line4", recipe: RecipeDigest.Of(withMargin))]),
            ]);
        await Eventually.HoldsAsync(() => trainer.Get<StationBook>().Stations().Count == 3 && trainer.Get<StationBook>().Frames("acme/ulm/paint/line3/cell3", failed: true, now.AddDays(-1)).Count == 1);

        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        var line = ImddJson.Deserialize<ReplayPlan>(await File.ReadAllBytesAsync(Path.Combine(_plant.Work, "runs", run.RunId, "prediction", "plan.json"), Stop))
            .Lines.ShouldHaveSingleItem("what line3 decides by, nobody knows, and what line4 leaves undecided is not kept");
        (line.Line, line.Frames.Count, RecipeDigest.Of(line.Recipe!)).ShouldBe(("acme/ulm/paint/line2/cell3", 1, own), "51 is from before the recipe");
    }

    [Fact]
    public async Task Release_SaysWhatItsCamerasShow_AndGoesOnWithThatUntilItIsTaughtOtherwise()
    {
        const string Camera = "acme/ulm/paint/line2/cell3/cam1";
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:Promote", "Champion"));
        await PublishAsync(trainer);
        var now = TimeProvider.System.GetUtcNow();
        await ShowAsync(hours: 9, count: 4, brightness: 120);
        await _plant.PublishAsync([.. Enumerable.Range(1, 3).Select(n => StationRecords.Window(now.AddHours(-9 + n), 300, 0, line: "line3"))]);
        await Eventually.HoldsAsync(() => Windows() == 7);

        var first = await ReferenceAsync();

        first.Cameras!.Keys.ShouldBe([Camera], "three windows are too few");
        var sketch = first.Cameras[Camera];
        (sketch.Frames, BrightOf(sketch, 120), sketch.Verdicts.Count, sketch.Embeddings.Count).ShouldBe((1200, 1200, 0, 0));
        sketch.Histograms.Keys.ShouldBe([StatisticName.Brightness, StatisticName.Contrast, StatisticName.Sharpness], ignoreOrder: true);
        first.StatisticsOf("acme/ulm/paint/line3/cell3/cam1").ShouldBeNull();

        // The lamp fades: whatever is learned meanwhile, drift is measured from what it was.
        await ShowAsync(hours: 4, count: 20, brightness: 60);
        await Eventually.HoldsAsync(() => Windows() == 20 + 3);
        (await ReferenceAsync()).Cameras![Camera].ShouldSatisfyAllConditions(s => s.Frames.ShouldBe(1200), s => BrightOf(s, 120).ShouldBe(1200));

        // Good pictures are agreed on, and learned beside a network that stays as it was.
        await StoreAsync(Enumerable.Range(100, 10));
        await _plant.PublishAsync([.. Enumerable.Range(100, 10).Select(n => Labels.Agreed(n, defect: null))]);
        await trainer.LabelsAsync(Count + 10);
        _script.Set("beside");
        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Promoted);
        BrightOf((await ReferenceOfAsync(run)).Cameras![Camera], 120).ShouldBe(1200);

        // The network itself learns what is usual now.
        _script.Clear("beside");
        await StoreAsync(Enumerable.Range(110, 10));
        await _plant.PublishAsync([.. Enumerable.Range(110, 10).Select(n => Labels.Agreed(n, defect: null))]);
        await trainer.LabelsAsync(Count + 20);
        (await ReferenceAsync()).Cameras![Camera].ShouldSatisfyAllConditions(s => s.Frames.ShouldBe(6000), s => BrightOf(s, 60).ShouldBe(6000));

        Task ShowAsync(int hours, int count, double brightness) => _plant.PublishAsync(
            [.. Enumerable.Range(0, count).Select(n => StationRecords.Window(now.AddHours(-hours).AddMinutes(5 * n), passed: 290, failed: 10, brightness: brightness))]);

        int Windows()
        {
            using var context = trainer.Get<IDbContextFactory<TrainerDbContext>>().CreateDbContext();
            return Sql.Query(context, "SELECT camera FROM camera_windows", []).Count;
        }

        async Task<BundleReference> ReferenceAsync() => await ReferenceOfAsync(await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Promoted));

        async Task<BundleReference> ReferenceOfAsync(TrainingRunView run)
            => ImddJson.Deserialize<BundleManifest>(await _plant.Registry.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Blob, run.Release!), Stop)).Reference!.Value.Deserialize<BundleReference>(ImddJson.Options)!;

        static long BrightOf(StatisticsSketch sketch, double brightness) => sketch.Histograms[StatisticName.Brightness][StatisticBins.Index(StatisticName.Brightness, brightness)];
    }

    [Fact]
    public async Task Candidate_OfWhichNothingCanBePredicted_IsRegisteredAllTheSame()
    {
        _script.Set("fail-predict");
        var trainer = await StartAsync();
        await StoreAsync([50]);
        var now = TimeProvider.System.GetUtcNow();
        await _plant.PublishAsync([StationRecords.Failed(50, now), .. Enumerable.Range(1, 3).Select(n => StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20))]);
        await Eventually.HoldsAsync(() => trainer.Get<StationBook>().Stations().Count == 1 && trainer.Get<StationBook>().Frames("acme/ulm/paint/line2/cell3", failed: true, now.AddDays(-1)).Count == 1);

        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        var manifest = ImddJson.Deserialize<BundleManifest>(await _plant.Registry.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Blob, run.Release!), Stop));
        manifest.Predicted.ShouldBeNull();
        _script.Calls.Count(call => call.Arguments.StartsWith("train predict", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Gate_NotMet_NothingIsRegistered()
    {
        _script.Set("refuse");
        var trainer = await StartAsync();

        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Refused);

        run.Gates.ShouldContain(g => g.Name == "recall@set" && !g.Passed);
        (await _plant.ModelAsync()).Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_WhileTraining_EndsTheChild()
    {
        _script.Set("hold-edge");
        var trainer = await StartAsync();
        var id = (await trainer.StartAsync()).RunId;
        (await trainer.WaitAsync(id, r => r.Progress is not null)).Progress.ShouldBe("step 3 of 10");
        (await trainer.PostAsync(TrainingRoutes.Runs, new StartTraining { By = "ben" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        (await trainer.CancelAsync(id, new CancelTraining { By = "anna", Reason = "wrong labels" })).EnsureSuccessStatusCode();

        await trainer.EndsAsync(id, TrainingState.Cancelled);
        await Eventually.HoldsAsync(() => !TrainingScript.IsAlive(_script.Calls.Single().Process));
        (await trainer.Http.PostAsync(TrainerApi.CancelRoute(id), null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await trainer.CancelAsync("run-none", new CancelTraining { By = "ben" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await trainer.CancelAsync(id, new CancelTraining { By = "" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await trainer.AuditAsync()).Entries.Select(e => (e.Actor, e.Action, e.Object, e.Outcome)).ShouldBe(
        [
            ("test", AuditAction.StartTraining, id, AuditOutcome.Done), ("ben", AuditAction.StartTraining, "", AuditOutcome.Refused),
            ("anna", AuditAction.CancelTraining, id, AuditOutcome.Done), ("", AuditAction.CancelTraining, id, AuditOutcome.Refused),
            ("ben", AuditAction.CancelTraining, "run-none", AuditOutcome.Refused),
        ]);
    }

    [Fact]
    public async Task Child_Killed_GoesOnAndIsRegisteredOnce()
    {
        _script.Set("hold-edge");
        var trainer = await StartAsync();
        var id = (await trainer.StartAsync()).RunId;
        await trainer.WaitAsync(id, r => r.Progress is not null);

        await SignalAsync("KILL", _script.Calls.Single().Process);
        await Eventually.HoldsAsync(() => _script.Calls.Count == 2);
        _script.Clear("hold-edge");

        await trainer.EndsAsync(id, TrainingState.Registered);
        (await _plant.ModelAsync()).Versions.Count.ShouldBe(2);
        _script.Calls[0].Arguments.ShouldBe(_script.Calls[1].Arguments);
    }

    [Fact]
    public async Task Child_ThatFails_EndsTheRunWithItsWord()
    {
        _script.Set("fail-edge");
        var trainer = await StartAsync();

        (await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Failed)).Error.ShouldBe("training: The training program ended with exit code 1: imdd: no luck");
    }

    [Fact]
    public async Task Trainer_KilledAtEachStep_GoesOnAndRegistersOnce()
    {
        _script.Set("hold-edge");
        var first = await _plant.StartTrainerProcessAsync(_script.Path);
        var id = await BeginAsync(first);
        await first.WaitAsync(id, r => r.Progress is not null);
        await first.KillAsync();
        await Eventually.HoldsAsync(() => !TrainingScript.IsAlive(_script.Calls.Single().Process));
        _script.Set("hold-gate");
        _script.Clear("hold-edge");
        var second = await _plant.StartTrainerProcessAsync(_script.Path);
        await second.WaitAsync(id, r => r is { State: TrainingState.Gating, Progress: not null });
        await second.KillAsync();
        _script.Clear("hold-gate");
        var third = await _plant.StartTrainerAsync(_script.Path);

        var run = await third.EndsAsync(id, TrainingState.Registered);

        (await _plant.ModelAsync()).Versions.Count.ShouldBe(2);
        await third.StopAsync();

        // As if it had been killed between the registry's answer and its own note of it.
        await using (SqliteConnection database = new($"Data Source={_plant.Directory.File("trainer/trainer.db")}"))
        {
            await database.OpenAsync(Stop);
            await using var forget = database.CreateCommand();
            forget.CommandText = "UPDATE runs SET state = 'registering', is_open = 1, release = NULL";
            (await forget.ExecuteNonQueryAsync(Stop)).ShouldBe(1);
        }

        var fourth = await _plant.StartTrainerAsync(_script.Path);
        (await fourth.EndsAsync(id, TrainingState.Registered)).Release.ShouldBe(run.Release);
        (await _plant.ModelAsync()).Versions.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("snapshotting")]
    [InlineData("predicting")]
    [InlineData("registering, and the registry knows nothing of it")]
    [InlineData("registering, and the registry has done it")]
    [InlineData("promoting, and the registry knows nothing of it")]
    [InlineData("promoting, and the registry has done it")]
    public async Task Trainer_KilledWhile_GoesOnAndRegistersAndPromotesOnce(string step)
    {
        // What is known of the stations would come out otherwise a second time: the frames that are kept are the newest.
        var now = TimeProvider.System.GetUtcNow();
        await StoreAsync(Enumerable.Range(50, 9));
        var before = await StartAsync();
        await _plant.PublishAsync(
            [.. Enumerable.Range(50, 5).Select(n => StationRecords.Failed(n, now)), .. Enumerable.Range(1, 3).Select(n => StationRecords.Window(now.AddMinutes(-5 * n), passed: 80, failed: 20))]);
        await Eventually.HoldsAsync(() => before.Get<StationBook>().Frames("acme/ulm/paint/line2/cell3", failed: true, now.AddDays(-1)).Count == 5);
        await before.StopAsync();
        var picture = Path.Combine(_plant.Directory.File("blobs"), BlobName.Of(ContentDigest.Of(Labels.Picture(1))));
        await using var held = await HeldRegistry.StartAsync(
            _plant.Registry, RegistryRoutes.For(step.StartsWith("promoting", StringComparison.Ordinal) ? RegistryRoutes.Promote : RegistryRoutes.Model, Plant.Model),
            isAnswer: step.EndsWith("has done it", StringComparison.Ordinal));
        (string, string)[] settings = [("Trainer:Promote", "Champion")];
        if (step == "snapshotting")
        {
            // A pipe that nobody writes to: whoever reads the picture waits.
            File.Delete(picture);
            await RunAsync("mkfifo", picture);
        }
        else if (step == "predicting")
        {
            _script.Set("hold-predict");
        }

        var first = await _plant.StartTrainerProcessAsync(_script.Path, step.Contains(',', StringComparison.Ordinal) ? [.. settings, ("Trainer:RegistryUrl", held.Url)] : settings);
        var id = (await first.StartAsync()).RunId;
        await (step switch
        {
            "snapshotting" => Eventually.HoldsAsync(() => Directory.Exists(Path.Combine(_plant.Work, "runs", id)) && Directory.GetDirectories(Path.Combine(_plant.Work, "runs", id), "snapshot.*.partial").Length == 1),
            "predicting" => Eventually.HoldsAsync(() => _script.Calls.Any(call => call.Arguments.StartsWith("train predict", StringComparison.Ordinal))),
            _ => held.Held.WaitAsync(TimeSpan.FromMinutes(2), Stop),
        });
        (await first.RunAsync(id)).State.ShouldBe(step == "snapshotting" ? TrainingState.Snapshotting : TrainingState.Registering);
        await first.KillAsync();
        if (step == "snapshotting")
        {
            File.Delete(picture);
            await StoreAsync([1]);
        }

        _script.Clear("hold-predict");
        await _plant.PublishAsync([.. Enumerable.Range(55, 4).Select(n => StationRecords.Failed(n, now.AddMinutes(1)))]);
        var second = await _plant.StartTrainerAsync(_script.Path, settings);

        var run = await second.EndsAsync(id, TrainingState.Promoted);

        (run.Frames + run.GateFrames).ShouldBe(Count);
        Directory.GetDirectories(Path.Combine(_plant.Work, "runs", id), "*.partial").ShouldBeEmpty();
        var model = await _plant.ModelAsync();
        model.Versions.Select(version => version.Model.Digest).ShouldBe([run.Release!, _champion]);
        model.Aliases[ModelAlias.Champion].ShouldBe(run.Release);
        _plant.Said(run.Release!).Distinct().Select(said => said.Type).ShouldBe([EventTypes.ModelRegistered, EventTypes.ModelPromoted]);
        (await second.RunsAsync()).Count.ShouldBe(1);
        _script.Calls.Count(call => call.Arguments.StartsWith("train edge", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Trainer_PausedPastItsLease_LosesTheRunAndIsRefused()
    {
        _script.Set("hold-edge");
        var paused = await _plant.StartTrainerProcessAsync(_script.Path, ("Trainer:InstanceName", "one"));
        var id = await BeginAsync(paused);
        var before = await paused.WaitAsync(id, r => r.Progress is not null);
        await PauseBetweenWritesAsync(paused);
        var other = await _plant.StartTrainerAsync(_script.Path, ("Trainer:InstanceName", "two"));
        await other.WaitAsync(id, r => r.Instance == "two" && _script.Calls.Count == 2);

        await paused.ResumeAsync();

        await Eventually.HoldsAsync(() => !TrainingScript.IsAlive(_script.Calls[0].Process));
        TrainingScript.IsAlive(_script.Calls[1].Process).ShouldBeTrue("the other's child is another");
        _script.Clear("hold-edge");
        var run = await other.EndsAsync(id, TrainingState.Registered);
        run.FencingToken!.Value.ShouldBeGreaterThan(before.FencingToken!.Value);
        (await _plant.ModelAsync()).Versions.Count.ShouldBe(2);

        // And had it been paused just before it registers, the registry would have refused it.
        var folder = Path.Combine(_plant.Work, "runs", id, "model");
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(Path.Combine(folder, "manifest.json"))) with { Name = Plant.Model, Version = "9.9.9" };
        var refused = await Should.ThrowAsync<Runs.RunFailedException>(() => other.Get<RegistryClient>().RegisterAsync(
            folder, new RegisterModel { Manifest = manifest, FencingToken = before.FencingToken }, Stop));
        refused.MayPass.ShouldBeFalse();
        refused.Message.ShouldContain("409");
        (await _plant.ModelAsync()).Versions.Count.ShouldBe(2);
    }

    /// <summary>A process that is stopped within a write keeps the file locked, and others out of it as long; a lease is about all other moments.</summary>
    private async Task PauseBetweenWritesAsync(TrainerProcess trainer)
    {
        await using SqliteConnection database = new($"Data Source={_plant.Directory.File("trainer/trainer.db")};Default Timeout=1");
        await database.OpenAsync(Stop);
        while (true)
        {
            await trainer.PauseAsync();
            try
            {
                await using var write = database.BeginTransaction(deferred: false);
                return;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == Busy)
            {
                await trainer.ResumeAsync();
            }
        }
    }

    [Theory]
    [InlineData("clip", true)]
    [InlineData("letters", false)]
    public async Task Training_OfAChampionWithRowsOfClip_IsGivenIt(string encoder, bool isGiven)
    {
        await CrownAsync(encoder);
        var (clip, tokenizer) = (Directory.CreateDirectory(_plant.Directory.File("clip")).FullName, Directory.CreateDirectory(_plant.Directory.File("tokenizer")).FullName);
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:Training:Clip", clip), ("Trainer:Training:Tokenizer", tokenizer));
        await PublishAsync(trainer);

        await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        _script.Calls[0].Arguments.Contains($"--clip {clip} --tokenizer {tokenizer}", StringComparison.Ordinal).ShouldBe(isGiven, _script.Calls[0].Arguments);
    }

    [Fact]
    public async Task Training_OfAChampionWithRowsOfClipThatIsNotSet_FailsAndNamesTheSettings()
    {
        await CrownAsync(TextEncoderReference.Clip);
        var trainer = await StartAsync();

        var error = (await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Failed)).Error!;

        error.ShouldContain("Trainer:Training:Clip");
        error.ShouldContain("Trainer:Training:Tokenizer");
        _script.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Folders_OfOlderRuns_GoAndTheirSnapshotsStayAsBlobs()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:KeptRuns", "1"));
        await PublishAsync(trainer);
        var first = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);
        var second = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        await Eventually.HoldsAsync(() => Directory.GetDirectories(Path.Combine(_plant.Work, "runs")).Select(Path.GetFileName).SequenceEqual([second.RunId]));
        (await _plant.Blobs.GetAsync(first.SnapshotId!, 1 << 20, Stop)).ShouldNotBeNull();
        first.SnapshotId.ShouldNotBe(second.SnapshotId);
    }

    [Fact]
    public async Task Snapshot_OneRaterHasMost_TheirFramesWeighLess_AndEveryFrameSaysWhose()
    {
        const int ofAnna = 60, all = 90;
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:MaxRaterShare", "0.5"), ("Trainer:NewLabels", "0"));
        for (var number = 1; number <= all; number++)
        {
            await _plant.Blobs.PutAsync(Labels.Picture(number), "image/png", Stop);
        }

        await _plant.PublishAsync([.. Enumerable.Range(1, all).Select(number => Labels.Agreed(number, rater: number <= ofAnna ? "anna" : "ben"))]);
        await trainer.LabelsAsync(all);

        var run = await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Registered);

        var snapshot = Path.Combine(_plant.Work, "runs", run.RunId, "snapshot");
        var manifest = ImddJson.Deserialize<SnapshotManifest>(File.ReadAllBytes(snapshot + "/snapshot.json"));
        manifest.MaxRaterShare.ShouldBe(0.5);
        manifest.Raters!.Select(r => (r.RaterId, r.Share)).ShouldBe([("anna", 0.5), ("ben", 0.5)]);
        manifest.Raters!.Sum(r => r.Frames).ShouldBe(run.Frames!.Value);
        var samples = DatasetReaders.Read($"labelled:{snapshot}/train", strict: true).Samples;
        samples.Where(s => s.Weight < 1).Sum(s => s.Weight).ShouldBe(samples.Where(s => s.Weight == 1).Sum(s => s.Weight), 1e-6);
        samples.Count(s => s.Weight < 1).ShouldBe(manifest.Raters![0].Frames);
        File.ReadAllText(snapshot + "/train/labels.json").Split("\"anna\"").Length.ShouldBe(manifest.Raters![0].Frames + 1);
    }

    [Fact]
    public async Task Ready_BeforeTheFirstRecord()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path);

        await Eventually.HoldsAsync(async () => (await trainer.Http.GetAsync("/health/ready", Stop)).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Registry_WithoutAChampion_FailsTheRunInWords()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:Model", "other"));

        (await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Failed)).Error!.ShouldContain("no champion of other");
    }

    [Fact]
    public async Task Api_WhatIsNoRequest_IsRefused()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path, ("Trainer:MinimumPause", "1.00:00:00"));
        await trainer.EndsAsync((await trainer.StartAsync()).RunId, TrainingState.Failed);

        (await trainer.PostAsync(TrainingRoutes.Runs, new StartTraining { Reason = "whim" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await trainer.PostAsync(TrainingRoutes.Runs, "no object")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await trainer.PostAsync(TrainingRoutes.Runs, new StartTraining { Reason = TrainingReason.Drift })).StatusCode.ShouldBe(HttpStatusCode.Conflict, "the pause");
        (await trainer.Http.GetAsync(TrainingRoutes.Runs + "?limit=0", Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await trainer.Http.GetAsync(TrainingRoutes.Audit + "?limit=1001", Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await trainer.Http.GetStringAsync("/openapi/v1.json", Stop)).ShouldContain(TrainingRoutes.Cancel);
    }

    /// <summary>Makes a bundle the champion whose manifest says this text encoder.</summary>
    private async Task CrownAsync(string encoder)
    {
        var (shipped, folder) = (Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast"), _plant.Directory.File("champion"));
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(Path.Combine(shipped, "manifest.json")));
        foreach (var file in manifest.Files)
        {
            var copy = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(shipped, file.Path), copy);
        }

        manifest = manifest with { Version = "1.0.1", TextEncoder = new TextEncoderReference(encoder, ContentDigest.Of([])) };
        File.WriteAllBytes(Path.Combine(folder, "manifest.json"), JsonSerializer.SerializeToUtf8Bytes(manifest, ImddJson.Options));
        await _plant.CrownAsync(folder);
    }

    private async Task StoreAsync(IEnumerable<int> pictures)
    {
        foreach (var number in pictures)
        {
            await _plant.Blobs.PutAsync(Labels.Picture(number), "image/png", Stop);
        }
    }

    private async Task<Trainer> StartAsync()
    {
        var trainer = await _plant.StartTrainerAsync(_script.Path);
        await PublishAsync(trainer);
        return trainer;
    }

    private async Task PublishAsync(TrainerApi trainer)
    {
        for (var number = 1; number <= Count; number++)
        {
            await _plant.Blobs.PutAsync(Labels.Picture(number), "image/png", Stop);
        }

        await _plant.PublishAsync([.. Enumerable.Range(1, Count).Select(number => Labels.Agreed(number))]);
        await trainer.LabelsAsync(Count);
    }

    private async Task<string> BeginAsync(TrainerProcess trainer)
    {
        await PublishAsync(trainer);
        return (await trainer.StartAsync()).RunId;
    }

    private static Task SignalAsync(string signal, int process) => RunAsync("kill", $"-{signal}", $"{process}");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync(Stop);
    }
}
