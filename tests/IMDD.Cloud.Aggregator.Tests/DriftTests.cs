using System.Diagnostics.Metrics;
using IMDD.Cloud.Aggregator.Queries;
using IMDD.Contracts.Audit;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class DriftTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    private const int ReferenceWindows = 10;

    public sealed class OnSqlite(PostgresFixture postgres) : DriftTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : DriftTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Sweep_LightChangesAndComesBack_RaisesAndClearsWithEventsAndGauges()
    {
        var instance = await StartAsync();
        using MeterReadings readings = new(AggregatorTelemetry.MeterName, instance.Get<IMeterFactory>());
        SimulatedCamera camera = new(1);
        Feed(instance, camera, 0, ReferenceWindows + 2);
        (await AlarmsAsync(instance)).ShouldBeEmpty();

        camera.Light = 8;
        Feed(instance, camera, ReferenceWindows + 2, 2);
        (await AlarmsAsync(instance)).ShouldBeEmpty("two windows may be chance");
        Feed(instance, camera, ReferenceWindows + 4, 1);

        var alarm = (await AlarmsAsync(instance)).ShouldHaveSingleItem();
        (alarm.Alarm, alarm.State, alarm.Limit).ShouldBe(("drift-brightness:cell3/cam1", "raised", 0.25));
        alarm.Value!.Value.ShouldBeGreaterThan(0.25);
        alarm.Message.ShouldContain("since 2026-11-23 13:00 UTC");
        alarm.WindowStart.ShouldBe(SimulatedCamera.StartOf(ReferenceWindows + 4));
        var reading = readings.Read("imdd.drift.psi").Last(r => r.Tags["statistic"] == StatisticName.Brightness);
        (reading.Value, reading.Tags["camera"]).ShouldBe((alarm.Value.Value, "acme/ulm/paint/line2/cell3/cam1"));
        readings.Read("imdd.drift.mmd").ShouldNotBeEmpty();
        var report = Report(instance);
        report.Drifted.ShouldBe([StatisticName.Brightness]);
        report.ReferenceFrames.ShouldBe(2000);
        report.Windows.Count.ShouldBe(5);

        camera.Light = 0;
        Feed(instance, camera, ReferenceWindows + 5, 2);
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("raised");
        Feed(instance, camera, ReferenceWindows + 7, 1);
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
        instance.Read(db => db.Outbox.Where(row => row.Topic == KafkaTopics.Alarm).OrderBy(row => row.Sequence).ToList()).Select(row => Outbox.ToRecord(row))
            .Select(r => EventReader.Read<LineAlarm>(KafkaBinding.Read(r.Headers, r.Value!.Value), EventTypes.AlarmChanged).State).ShouldBe(["raised", "cleared"]);
    }

    [Fact]
    public async Task Windows_ReadTwiceAndAllAtOnce_GiveTheSameAsOnceAndOneByOne()
    {
        SimulatedCamera camera = new(2);
        var records = Enumerable.Range(0, 14).Select(i => camera.Window(i)).ToList();
        Time.SetUtcNow(SimulatedCamera.StartOf(20));
        var slow = await StartAsync();
        foreach (var record in records)
        {
            slow.Count(record);
            slow.Drift.Sweep();
        }

        await ChangeDatabaseAsync();
        var fast = await StartAsync("two");
        fast.Count(records);
        fast.Count(records);
        fast.Drift.Sweep();
        fast.Count(records);
        fast.Drift.Sweep();

        Report(slow).Windows.Count.ShouldBe(4);
        ImddJson.Serialize(Report(fast)).ShouldBe(ImddJson.Serialize(Report(slow)));
    }

    [Fact]
    public async Task Rebaseline_AfterAChangeThatIsToStay_ClearsAndTakesWhatComesNext()
    {
        var instance = await StartAsync();
        SimulatedCamera camera = new(3);
        Feed(instance, camera, 0, ReferenceWindows);
        camera.Light = -9;
        Feed(instance, camera, ReferenceWindows, 4);
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("raised");

        instance.DriftBook.Rebaseline(new RebaselineDrift { Camera = Events.Camera(9).ToString(), By = "ben" }).ShouldBeFalse();
        instance.DriftBook.Rebaseline(new RebaselineDrift { Camera = Events.Camera().ToString(), By = "anna", Reason = "new lamp" }).ShouldBeTrue();
        instance.Alarms.Sweep();

        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
        Report(instance).ReferenceFrames.ShouldBe(0);
        instance.DriftBook.Audit(0, 10).Entries.Select(e => (e.Actor, e.Action, e.Object, e.Outcome, e.Detail)).ShouldBe(
        [
            ("ben", AuditAction.RebaselineDrift, Events.Camera(9).ToString(), AuditOutcome.Refused, "Nothing is known of its statistics."),
            ("anna", AuditAction.RebaselineDrift, Events.Camera().ToString(), AuditOutcome.Done, "new lamp"),
        ]);
        Feed(instance, camera, ReferenceWindows + 4, ReferenceWindows + 4);
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
        Report(instance).ReferenceFrames.ShouldBe(2000);
    }

    [Fact]
    public async Task BundleThatSaysWhatFramesLookLike_IsComparedWithAtOnce()
    {
        var instance = await StartAsync();
        SimulatedCamera validation = new(4), camera = new(5) { Light = 12 };
        var said = validation.Sketch(2000) with { Verdicts = new Dictionary<string, long>(), Classes = new Dictionary<string, long>() };

        Feed(instance, camera, 0, 1, said);
        Feed(instance, camera, 1, 3);

        (await AlarmsAsync(instance)).ShouldHaveSingleItem().Alarm.ShouldBe("drift-brightness:cell3/cam1");
        var report = Report(instance);
        report.FromBundle.ShouldBe([.. StatisticBins.Names, StatisticName.Embedding]);
        report.Windows.ShouldAllBe(window => window.Scores.All(score => score.Statistic != StatisticName.Verdict));
        report.ReferenceFrames.ShouldBe(800, "the camera's own goes on, for what the bundle does not say");
    }

    [Fact]
    public async Task AnotherModel_AfterARebaseline_IsNotHeldToWhatItsBundleCarriesOn()
    {
        var instance = await StartAsync();
        SimulatedCamera old = new(4), camera = new(5) { Light = 12 };
        Feed(instance, camera, 0, 1);
        instance.DriftBook.Rebaseline(new RebaselineDrift { Camera = Events.Camera().ToString(), By = "anna", Reason = "new lamp" }).ShouldBeTrue();

        var other = ContentDigest.Of("other"u8);
        for (var i = 1; i < 5; i++)
        {
            Time.SetUtcNow(SimulatedCamera.StartOf(i + 1));
            instance.Count(camera.Window(i, i == 1 ? old.Sketch(2000) : null, model: other));
            Sweep(instance);
        }

        (await AlarmsAsync(instance)).ShouldBeEmpty();
        (Report(instance).ModelDigest, Report(instance).FromBundle.Count, Report(instance).ReferenceFrames).ShouldBe((other, 0, 800));
    }

    [Fact]
    public async Task AnotherModel_BeginsAReferenceOfItsOwn()
    {
        var instance = await StartAsync();
        SimulatedCamera camera = new(6);
        Feed(instance, camera, 0, ReferenceWindows);
        camera.Light = 9;
        Feed(instance, camera, ReferenceWindows, 3);
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("raised");

        var other = ContentDigest.Of("other"u8);
        Time.SetUtcNow(SimulatedCamera.StartOf(ReferenceWindows + 4));
        instance.Count(camera.Window(ReferenceWindows + 3, model: other));
        Sweep(instance);

        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
        (Report(instance).ModelDigest, Report(instance).ReferenceFrames).ShouldBe((other, 200));
    }

    [Fact]
    public async Task Statistics_ThatCannotBeUsed_AreSetAsideAndTheRestGoesOn()
    {
        var instance = await StartAsync();
        SimulatedCamera camera = new(7);
        var good = camera.Window(0);
        var text = System.Text.Encoding.UTF8.GetString(good.Value!.Value.Span);
        KafkaConsumed Changed(string from, string to, long offset)
        {
            text.ShouldContain(from);
            return good with { Offset = offset, Value = System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)) };
        }

        Time.SetUtcNow(SimulatedCamera.StartOf(1));
        var result = instance.Count(
            Changed("\"frames\":200", "\"frames\":0", 1), Changed("\"frames\":200", "\"frames\":10", 2), Changed("\"windowEnd\":\"2026", "\"windowEnd\":\"2126", 3),
            Changed("\"digest\":\"sha256:", "\"digest\":\"md5:", 4), Changed("\"brightness\":[", "\"brightness\":[1,", 5), good with { Offset = 6 });

        result.DeadLettered.ShouldBe(5);
        instance.Read(db => db.Outbox.Select(row => row.Topic).Distinct().ToList()).ShouldBe([KafkaTopics.DeadLetter(KafkaTopics.CameraStatistics)]);
        instance.Drift.Sweep();
        Report(instance).ReferenceFrames.ShouldBe(200);
    }

    [Fact]
    public async Task Windows_OfFewFramesOfForeignBinsOrTooOld_AreNoReference()
    {
        var instance = await StartAsync();
        SimulatedCamera camera = new(8);
        Time.SetUtcNow(SimulatedCamera.StartOf(3));
        var foreign = camera.Sketch() with { BinsVersion = 2, Histograms = new Dictionary<string, IReadOnlyList<long>> { [StatisticName.Brightness] = [100, 100] } };
        instance.Count(camera.WindowOf(0, camera.Sketch(20)), camera.WindowOf(1, foreign), camera.Window(-12 * 24 * 40));
        instance.Drift.Sweep();

        Report(instance).ReferenceFrames.ShouldBe(0);
        instance.Read(db => db.DriftWindows.Count()).ShouldBe(2);
    }

    private static async Task<IReadOnlyList<LineAlarm>> AlarmsAsync(Instance instance) => await instance.Queries.AlarmsAsync(null, null, Stop);

    private static DriftReport Report(Instance instance)
        => instance.DriftBook.Reports(Events.Line, new WindowSpan(Events.Noon, Events.Noon.AddDays(1), 3600)).ShouldHaveSingleItem();

    private void Feed(Instance instance, SimulatedCamera camera, int from, int windows, StatisticsSketch? reference = null)
    {
        for (var i = from; i < from + windows; i++)
        {
            Time.SetUtcNow(SimulatedCamera.StartOf(i + 1));
            instance.Count(camera.Window(i, reference));
            Sweep(instance);
        }
    }

    private static void Sweep(Instance instance)
    {
        instance.Drift.Sweep();
        instance.Alarms.Sweep();
    }
}
