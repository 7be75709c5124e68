using IMDD.Cloud.Trainer.Ingest;
using IMDD.Cloud.Trainer.Replay;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Cloud.Trainer.State;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Contracts.Training;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>What is kept, and who may change it: each test over both databases, by a clock of its own.</summary>
public abstract class StateTests(PostgresFixture postgres, DatabaseKind kind) : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private readonly List<WebApplication> _apps = [];
    private readonly FakeTimeProvider _time = new(Labels.Noon);
    private string? _connection;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _connection = kind == DatabaseKind.Postgres ? await postgres.CreateDatabaseAsync() : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Take_Revisions_TheNewestStandsInWhateverOrder()
    {
        var one = await StartAsync();
        Take(one, Labels.Agreed(1, "dent"), Labels.Agreed(2, null), Labels.Agreed(1, "scratch", revision: 3), Labels.Agreed(1, "crack", revision: 2));

        var summary = one.GetRequiredService<RunTriggers>().Summary();
        (summary.Labels, summary.NewLabels).ShouldBe((2, 2));
        summary.NewByClass.ShouldBe(new Dictionary<string, long> { ["scratch"] = 1 });

        Take(one, Labels.Withdrawn(1, revision: 4), Labels.Agreed(1, "scratch", revision: 3));
        one.GetRequiredService<RunTriggers>().Summary().Labels.ShouldBe(1);
    }

    [Fact]
    public async Task Take_WhatIsNone_IsSetAsideOnceAndTheRestTaken()
    {
        var one = await StartAsync();
        var bad = Labels.Malformed(1);
        Take(one, bad, Labels.Agreed(2), bad with { Value = null });

        one.GetRequiredService<RunTriggers>().Summary().Labels.ShouldBe(1);
        using var context = one.GetRequiredService<IDbContextFactory<TrainerDbContext>>().CreateDbContext();
        context.Outbox.Select(row => row.Topic).ToList().ShouldAllBe(topic => topic.StartsWith(KafkaTopics.Consensus, StringComparison.Ordinal));
        context.Outbox.Count().ShouldBe(2);
    }

    [Fact]
    public async Task Take_WhatStationsSay_TheNewestFramesThatNothingWasLearnedFromAreKept()
    {
        var one = await StartAsync(("Trainer:Predict:Frames", "10"));
        var now = Labels.Noon;
        Take(
            one,
            [
                .. Enumerable.Range(0, 60).Select(n => StationRecords.Failed(n, now.AddSeconds(n - 100))),
                StationRecords.Failed(70, now, simulated: true), StationRecords.Failed(71, now.AddDays(-2)), StationRecords.Passed(80, now),
                StationRecords.Passed(81, now, HardReason.Uncertain), StationRecords.Failed(90, now, line: "line5"), Labels.Agreed(59),
            ]);

        var book = one.GetRequiredService<StationBook>();
        var failed = book.Frames("acme/ulm/paint/line2/cell3", failed: true, now.AddDays(-9));
        failed.Count.ShouldBe(10, "as many as are shown");
        failed[0].ShouldBe(Digest(58), "59 is learned from");
        failed[^1].ShouldBe(Digest(49));
        book.Frames("acme/ulm/paint/line2/cell3", failed: false, now.AddDays(-9)).ShouldBe([Digest(80)], "drawn by chance alone says what passes");
        book.Frames("acme/ulm/paint/line5/cell3", failed: true, now.AddDays(-9)).ShouldBe([Digest(90)]);
        book.Frames("acme/ulm/paint/line2/cell3", failed: true, now.AddSeconds(-43)).ShouldBe([Digest(58), Digest(57)], "from then on");

        static string Digest(int number) => ContentDigest.Of(Labels.Picture(number));
    }

    [Fact]
    public async Task Take_Counts_SayHowManyFailInGoodAndInBadWindows()
    {
        var one = await StartAsync();
        var start = Labels.Noon;
        KafkaConsumed[] records =
        [
            .. Enumerable.Range(1, 40).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 1000 - (10 * m), failed: 10 * m)),
            StationRecords.Window(start.AddMinutes(-1), passed: 0, failed: 19), StationRecords.Window(start.AddDays(-2), passed: 0, failed: 100),
            StationRecords.Window(start, passed: 40, failed: 3, line: "line5"), StationRecords.Window(start.AddMinutes(-9), passed: 40, failed: 3, line: "line5"),
        ];
        Take(one, records);
        Take(one, records[..5]);

        var (station, low, high, recipe, since) = one.GetRequiredService<StationBook>().Stations().ShouldHaveSingleItem("two windows are too few");

        // The lowest and the highest twentieth are chance, and so is where the shares of the next may lie: 30 of 1,000 are 2.0 to 4.3 of 100.
        station.ShouldBe("acme/ulm/paint/line2/cell3");
        (recipe, since).ShouldBe((null, start.AddMinutes(-200)));
        low.ShouldBe(0.0203, 5e-4);
        high.ShouldBe(0.411, 5e-3);
        _time.Advance(TimeSpan.FromDays(2));
        one.GetRequiredService<StationBook>().Stations().ShouldBeEmpty("it is silent since");
    }

    [Fact]
    public async Task Take_CountsUnderAnotherRecipe_AreOfAnotherStation()
    {
        var one = await StartAsync();
        string own = RecipeDigest.Of(new Recipe { Id = "door-red@4" }), none = RecipeDigest.Of(new Recipe { Id = RecipeId.BundleDefaults });
        var start = Labels.Noon;
        Take(
            one,
            [
                .. Enumerable.Range(1, 5).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 1000, failed: 0, recipe: own)),
                .. Enumerable.Range(6, 9).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 0, failed: 1000)),
                .. Enumerable.Range(1, 5).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 500, failed: 500, line: "line3", recipe: none)),
                .. Enumerable.Range(1, 9).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 1000, failed: 0, line: "line4", recipe: own, name: m % 2 == 0 ? "cam1" : "cam2")),
                .. Enumerable.Range(1, 5).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 1000, failed: 0, line: "line5", recipe: own)),
                .. Enumerable.Range(1, 5).Select(m => StationRecords.Window(start.AddMinutes(-5 * m), passed: 1000, failed: 0, line: "line5", name: "cam2")),
            ]);

        var stations = one.GetRequiredService<StationBook>().Stations();

        stations.Select(s => (s.Station[15..20], s.Recipe)).ShouldBe([("line2", own), ("line3", null), ("line4", own)], "two recipes at one station are none that a prediction could name");
        stations[0].FailedHigh.ShouldBeLessThan(0.01);
        stations[0].Since.ShouldBe(start.AddMinutes(-25));
        stations[2].Since.ShouldBe(start.AddMinutes(-45));
    }

    [Fact]
    public async Task Lease_PausedHolder_IsPassedByAndChangesNothing()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var run = one.GetRequiredService<RunBook>().Request([TrainingReason.Manual], "anna")!.Id;
        var first = one.GetRequiredService<RunLease>().TryTake()!.Value;
        one.GetRequiredService<RunBook>().TakeOver(run, first);
        two.GetRequiredService<RunLease>().TryTake().ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(29));
        one.GetRequiredService<RunLease>().Renew(first).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(29));
        two.GetRequiredService<RunLease>().TryTake().ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        var second = two.GetRequiredService<RunLease>().TryTake()!.Value;

        second.ShouldBeGreaterThan(first);
        one.GetRequiredService<RunLease>().Renew(first).ShouldBeFalse();
        Should.Throw<LeaseLostException>(() => one.GetRequiredService<RunBook>().Change(run, first, r => r.Progress = "late"), "before the other has touched the run");
        two.GetRequiredService<RunBook>().TakeOver(run, second).Token.ShouldBe(second);
        Should.Throw<LeaseLostException>(() => one.GetRequiredService<RunBook>().TakeOver(run, first));
        one.GetRequiredService<RunLease>().Release(first);
        one.GetRequiredService<RunLease>().TryTake().ShouldBeNull("a late release frees nothing");
        two.GetRequiredService<RunLease>().Release(second);
        one.GetRequiredService<RunLease>().TryTake()!.Value.ShouldBeGreaterThan(second);
    }

    [Fact]
    public async Task Request_WhileOneIsOpen_GivesNone()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var asked = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8)
            .Select(i => (i % 2 == 0 ? one : two).GetRequiredService<RunBook>().Request([TrainingReason.Manual], null)).Where(row => row is not null).ToList();

        var book = one.GetRequiredService<RunBook>();
        var run = asked.ShouldHaveSingleItem()!;
        book.Cancel(run.Id, new CancelTraining()).ShouldBeTrue("nobody has taken it up yet");
        book.Find(run.Id)!.State.ShouldBe(TrainingState.Cancelled);
        book.Cancel(run.Id, new CancelTraining()).ShouldBeFalse();
        book.Request([TrainingReason.Manual], null).ShouldNotBeNull();
    }

    [Fact]
    public async Task Audit_StartCancelAndResume_SayWhoAndFollowFromEachOther()
    {
        var (one, two) = (await StartAsync(("Trainer:NewLabels", "1"), ("Trainer:MinimumPause", "00:00:00")), await StartAsync());
        var book = one.GetRequiredService<RunBook>();
        var first = book.Request([TrainingReason.Manual], "anna")!.Id;
        book.Request([TrainingReason.Manual], "ben").ShouldBeNull();
        book.Cancel(first, new CancelTraining { By = "ben", Reason = "wrong labels" }).ShouldBeTrue();
        book.Cancel(first, new CancelTraining { By = "carl" }).ShouldBeFalse("it has ended");
        Take(one, Labels.Agreed(1));
        await one.GetRequiredService<RunTriggers>().CheckAsync(Stop);
        var second = book.Open()!.Id;
        book.TakeOver(second, one.GetRequiredService<RunLease>().TryTake()!.Value);
        _time.Advance(TimeSpan.FromMinutes(1));
        two.GetRequiredService<RunBook>().TakeOver(second, two.GetRequiredService<RunLease>().TryTake()!.Value);

        var page = book.Audit(0, 10);

        page.Entries.Select(e => (e.Actor, e.Action, e.Object, e.Outcome, e.Detail)).ShouldBe(
        [
            ("anna", AuditAction.StartTraining, first, AuditOutcome.Done, TrainingReason.Manual),
            ("ben", AuditAction.CancelTraining, first, AuditOutcome.Done, "wrong labels"),
            ("trainer/number0", AuditAction.StartTraining, second, AuditOutcome.Done, TrainingReason.Labels),
            ("trainer/number1", AuditAction.ResumeTraining, second, AuditOutcome.Done, $"where number0 left it: {TrainingState.Requested}"),
        ]);
        var hash = AuditChain.Start;
        foreach (var entry in page.Entries)
        {
            hash = AuditChain.HashOf(hash, entry);
            entry.Hash.ShouldBe(hash);
        }

        (page.HeadSequence, page.HeadHash).ShouldBe((4, hash));
        book.Audit(3, 10).Entries.ShouldHaveSingleItem().Sequence.ShouldBe(4);
    }

    [Fact]
    public async Task Triggers_EnoughLabels_AskAgainOnlyForNewOnesAndAfterThePause()
    {
        var one = await StartAsync(("Trainer:NewLabels", "2"), ("Trainer:MinimumPause", "01:00:00"));
        var (triggers, book) = (one.GetRequiredService<RunTriggers>(), one.GetRequiredService<RunBook>());
        Take(one, Labels.Agreed(1));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull();
        Take(one, Labels.Agreed(2));
        await triggers.CheckAsync(Stop);
        book.Open()!.Reasons.ShouldBe(TrainingReason.Labels);
        End(one, snapshotLabels: 2);
        Take(one, Labels.Agreed(3), Labels.Agreed(1, "scratch", revision: 2));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull("the pause");
        _time.Advance(TimeSpan.FromHours(1));

        await triggers.CheckAsync(Stop);

        book.Open()!.Reasons.ShouldBe(TrainingReason.Labels, "one new picture and one that is seen otherwise now");
        End(one, snapshotLabels: 4);
        _time.Advance(TimeSpan.FromHours(1));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull();
    }

    [Fact]
    public async Task Triggers_Schedule_InItsTimeZoneOnceHoweverLate()
    {
        // Noon in London is 13:00 in Berlin, in winter.
        var one = await StartAsync(("Trainer:Schedule", "30 13 * * *"), ("Trainer:TimeZone", "Europe/Berlin"), ("Trainer:MinimumPause", "00:00:00"));
        var (triggers, book) = (one.GetRequiredService<RunTriggers>(), one.GetRequiredService<RunBook>());
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull();
        triggers.Summary().NextScheduled.ShouldBe(Labels.Noon.AddMinutes(30));
        _time.Advance(TimeSpan.FromDays(3));

        await triggers.CheckAsync(Stop);

        book.Open()!.Reasons.ShouldBe(TrainingReason.Schedule);
        End(one, snapshotLabels: 0);
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull();
        triggers.Summary().NextScheduled.ShouldBe(Labels.Noon.AddDays(3).AddMinutes(30));
    }

    [Fact]
    public async Task Triggers_DriftThatStands_AsksOnceWithEnoughLabels()
    {
        var one = await StartAsync(("Trainer:OnDrift", "true"), ("Trainer:DriftLabels", "2"), ("Trainer:NewLabels", "0"), ("Trainer:MinimumPause", "00:00:00"));
        var (triggers, book) = (one.GetRequiredService<RunTriggers>(), one.GetRequiredService<RunBook>());
        Take(one, Labels.Drift("drift-brightness:cell3/cam1", AlarmEvent.Raised, Labels.Noon), Labels.Drift("camera-silent:cell3/cam1", AlarmEvent.Raised, Labels.Noon), Labels.Agreed(1));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull("one label says little of what has changed");

        Take(one, Labels.Agreed(2));
        _time.Advance(TimeSpan.FromMinutes(1));
        await triggers.CheckAsync(Stop);

        book.Open()!.Reasons.ShouldBe(TrainingReason.Drift);
        End(one, snapshotLabels: 2);
        Take(one, Labels.Agreed(3), Labels.Agreed(4));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull("the drift was there before the last run");

        var later = _time.GetUtcNow() + TimeSpan.FromMinutes(5);
        Take(one, Labels.Drift("drift-focus:cell3/cam1", AlarmEvent.Raised, later), Labels.Drift("drift-focus:cell3/cam1", AlarmEvent.Cleared, later.AddMinutes(1)));
        await triggers.CheckAsync(Stop);
        book.Open().ShouldBeNull("it is over");
        Take(one, Labels.Drift("drift-focus:cell3/cam1", AlarmEvent.Raised, later.AddMinutes(2)));
        await triggers.CheckAsync(Stop);
        book.Open()!.Reasons.ShouldBe(TrainingReason.Drift);
    }

    [Fact]
    public async Task Triggers_DriftOfOthersOrNobodyWantsIt_AsksForNothing()
    {
        var one = await StartAsync(("Trainer:DriftLabels", "1"), ("Trainer:NewLabels", "0"), ("Trainer:MinimumPause", "00:00:00"));
        Take(one, Labels.Drift("drift-brightness:cell3/cam1", AlarmEvent.Raised, Labels.Noon), Labels.Agreed(1));
        await one.GetRequiredService<RunTriggers>().CheckAsync(Stop);
        one.GetRequiredService<RunBook>().Open().ShouldBeNull();

        var bad = Labels.Drift("drift-brightness:cell3/cam1", AlarmEvent.Raised, Labels.Noon) with { Value = "{\"state\":\"raised\"}"u8.ToArray() };
        Take(one, bad, bad with { Value = null });
        using var context = one.GetRequiredService<IDbContextFactory<TrainerDbContext>>().CreateDbContext();
        context.Outbox.Select(row => row.Topic).ToList().ShouldBe([KafkaTopics.Alarm + ".dlq", KafkaTopics.Alarm + ".dlq"]);
    }

    private static void Take(IServiceProvider one, params KafkaConsumed[] records) => one.GetRequiredService<LabelIntake>().Take(records);

    private static void End(IServiceProvider one, long snapshotLabels)
    {
        var (lease, book) = (one.GetRequiredService<RunLease>(), one.GetRequiredService<RunBook>());
        var (token, run) = (lease.TryTake()!.Value, book.Open()!.Id);
        book.TakeOver(run, token);
        book.Change(run, token, r => (r.State, r.IsOpen, r.SnapshotLabels) = (TrainingState.Refused, false, snapshotLabels));
        lease.Release(token);
    }

    /// <summary>A trainer put together as in production, whose turns the test makes itself.</summary>
    private async Task<IServiceProvider> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Trainer:Directory"] = _directory.File("state");
        builder.Configuration["Trainer:ConnectionString"] = _connection;
        builder.Configuration["Trainer:InstanceName"] = $"number{_apps.Count}";
        builder.Configuration["Blobs:Directory"] = _directory.File("blobs");
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddTrainer();
        var app = builder.Build();
        _apps.Add(app);
        await app.Services.GetServices<IHostedService>().OfType<SchemaMigrator<TrainerDbContext>>().Single().StartAsync(Stop);
        return app.Services;
    }
}
