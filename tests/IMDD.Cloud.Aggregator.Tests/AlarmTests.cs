using System.Diagnostics.Metrics;
using IMDD.Cloud.Aggregator.Alarms;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Relational;
using IMDD.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class AlarmTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    private long _sequence;

    public sealed class OnSqlite(PostgresFixture postgres) : AlarmTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : AlarmTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Sweep_MinuteBeyondTheLimit_RaisesOnceAndClearsAfterTwoGoodMinutes()
    {
        var instance = await StartAsync(settings: [("Aggregator:Alarms:MinBaselineWindows", "20"), ("Aggregator:Alarms:MinInspected", "20")]);
        for (var minute = 0; minute < 30; minute++)
        {
            instance.Count(Minute(minute, frames: 40, failed: minute % 2));
        }

        instance.Count(Minute(30, frames: 40, failed: 8));
        Time.SetUtcNow(Events.Noon.AddMinutes(31).AddSeconds(4));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldBeEmpty("the minute is judged 5 s after its end");

        Time.SetUtcNow(Events.Noon.AddMinutes(31).AddSeconds(5));
        instance.Alarms.Sweep();
        instance.Alarms.Sweep();
        var alarm = (await AlarmsAsync(instance)).ShouldHaveSingleItem();
        (alarm.Alarm, alarm.State, alarm.WindowStart, alarm.Value).ShouldBe((AlarmNames.AboveLimit, "raised", Events.Noon.AddMinutes(30), 0.2));
        alarm.Message.ShouldContain("8 of 40 frames failed (20.0 %)");

        instance.Count([.. Minute(31, 40, 0), .. Minute(32, 40, 1)]);
        Time.SetUtcNow(Events.Noon.AddMinutes(33).AddSeconds(5));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");

        var published = instance.Read(db => db.Outbox.Where(row => row.Topic == KafkaTopics.Alarm).OrderBy(row => row.Sequence).ToList());
        published.Select(row => EventReader.Read<LineAlarm>(CloudEventOf(row), EventTypes.AlarmChanged).State).ShouldBe(["raised", "cleared"]);
        published.Select(row => row.Key).Distinct().ShouldBe([$"{Events.Line}/{AlarmNames.AboveLimit}"]);
    }

    [Fact]
    public async Task Sweep_ManyUndecidedAndLowYield_RaiseTheirAlarms()
    {
        var instance = await StartAsync(settings: ("Aggregator:Alarms:YieldTargets:acme/ulm/paint/line2", "0.95"));
        instance.Count([.. Minute(0, 90, failed: 9), .. Enumerable.Range(0, 10).Select(_ => Next(Events.Noon, Verdict.Undecided))]);
        Time.SetUtcNow(Events.Noon.AddMinutes(3));

        instance.Alarms.Sweep();

        var alarms = await AlarmsAsync(instance);
        alarms.Select(a => (a.Alarm, a.Value, a.Limit)).ShouldBe([(AlarmNames.UndecidedRate, 0.1, 0.05), (AlarmNames.YieldBelowTarget, 0.9, 0.95)], ignoreOrder: true);
    }

    [Fact]
    public async Task Sweep_CameraStopsWhileItsLineRuns_IsSilent()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon, camera: 1), Events.Outcome(0, Events.Noon, camera: 2));
        Time.SetUtcNow(Events.Noon.AddMinutes(5));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldBeEmpty("the whole line stands still");

        instance.Count(Events.Outcome(1, Events.Noon.AddMinutes(5), camera: 2));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().Alarm.ShouldBe("camera-silent:cell3/cam1");

        instance.Count(Events.Outcome(1, Events.Noon.AddMinutes(5), camera: 1));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
    }

    [Fact]
    public async Task Sweep_AgentDies_RaisesUntilItIsBornAgainAndAStaleDeathIsIgnored()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon));
        Time.SetUtcNow(Events.Noon.AddSeconds(30));
        instance.Count(Agent("online", 4));
        instance.Count(Agent("offline", 4));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            a => a.Alarm.ShouldBe("agent-offline:cell3/box7"), a => a.Severity.ShouldBe(Severity.Critical), a => a.State.ShouldBe("raised"));

        instance.Count(Agent("online", 5));
        instance.Count(Agent("offline", 4));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
        (await instance.Queries.AgentsAsync(Events.Line, Stop)).ShouldHaveSingleItem().State.BdSeq.ShouldBe(5);
    }

    [Fact]
    public async Task Sweep_ReceiptsWithoutOutcomes_RaiseAfterTheGraceTime()
    {
        var instance = await StartAsync();
        using MeterReadings readings = new(AggregatorTelemetry.MeterName, instance.Get<IMeterFactory>());
        instance.Count(Enumerable.Range(0, 8).Select(i => Events.Outcome(i, Events.Noon)).ToList());
        Time.SetUtcNow(Events.Noon.AddMinutes(1));
        instance.Count(Balance(sent: 12, returned: 10, at: Events.Noon.AddMinutes(1)));
        instance.Alarms.Sweep();
        (await AlarmsAsync(instance)).ShouldBeEmpty("frames may be on their way");

        // More frames come and go, two are still missing.
        instance.Count(Enumerable.Range(10, 1).Select(i => Events.Outcome(i, Events.Noon)).ToList());
        Time.SetUtcNow(Events.Noon.AddMinutes(6).AddSeconds(1));
        instance.Alarms.Sweep();
        var alarm = (await AlarmsAsync(instance)).ShouldHaveSingleItem();
        (alarm.Alarm, alarm.State, alarm.Value).ShouldBe(("conservation:cell3/cam1", "raised", 1));
        var balance = (await instance.Queries.BalancesAsync(Events.Line, Stop)).ShouldHaveSingleItem();
        (balance.Sent, balance.Returned, balance.Outcomes, balance.Difference, balance.Imbalanced).ShouldBe((12, 10, 9, 3, true));
        ConservationError(readings).ShouldBe((Events.Line, 1));

        instance.Count(Enumerable.Range(11, 3).Select(i => Events.Outcome(i, Events.Noon)).ToList());
        instance.Alarms.Sweep();
        ConservationError(readings).ShouldBe((Events.Line, 0));
        (await AlarmsAsync(instance)).ShouldHaveSingleItem().State.ShouldBe("cleared");
    }

    [Fact]
    public async Task Sweep_LineAlwaysHasFramesOnTheirWay_IsInBalance()
    {
        var instance = await StartAsync();
        for (var minute = 0; minute < 20; minute++)
        {
            Time.SetUtcNow(Events.Noon.AddMinutes(minute));
            instance.Count(Enumerable.Range(minute * 10, 10).Select(i => Events.Outcome(i, Events.Noon.AddMinutes(minute))).ToList());

            // The gateway is always five ahead of Kafka.
            instance.Count(Balance(sent: (minute * 10) + 16, returned: (minute * 10) + 15, at: Events.Noon.AddMinutes(minute)));
            instance.Alarms.Sweep();
        }

        (await AlarmsAsync(instance)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_MoreOutcomesThanFrames_Raises()
    {
        var instance = await StartAsync();
        instance.Count(Enumerable.Range(0, 8).Select(i => Events.Outcome(i, Events.Noon)).ToList());
        Time.SetUtcNow(Events.Noon.AddMinutes(6));
        instance.Count(Balance(sent: 7, returned: 7, at: Events.Noon.AddMinutes(6)));

        instance.Alarms.Sweep();

        (await AlarmsAsync(instance)).ShouldHaveSingleItem().Message.ShouldContain("1 outcomes more than frames");
    }

    private static async Task<IReadOnlyList<LineAlarm>> AlarmsAsync(Instance instance) => await instance.Queries.AlarmsAsync(null, null, Stop);

    private List<KafkaConsumed> Minute(int minute, int frames, int failed)
        => [.. Enumerable.Range(0, frames).Select(i => Next(Events.Noon.AddMinutes(minute).AddSeconds(i), i < failed ? Verdict.Fail : Verdict.Pass))];

    private KafkaConsumed Next(DateTimeOffset time, Verdict verdict) => Events.Outcome(_sequence++, time, verdict);

    private static KafkaConsumed Agent(string state, int bdSeq)
    {
        var camera = Events.Camera();
        AgentState data = new() { Agent = "box7", State = state, BootId = "boot", BdSeq = bdSeq };
        return Events.Record(KafkaTopics.EdgeState, AgentStateEvent.Create(camera.Asset, data, Events.Context(camera, Events.Noon)), bdSeq, partition: 0);
    }

    private static (string? Line, double Frames) ConservationError(MeterReadings readings)
    {
        var last = readings.Read("imdd.conservation.error")[^1];
        return (last.Tags["line"], last.Value);
    }

    private static KafkaConsumed Balance(long sent, long returned, DateTimeOffset at)
    {
        var camera = Events.Camera();
        CameraBalance data = new() { CameraId = camera.Camera, BootId = "b1", Sent = sent, Returned = returned, Spooled = sent - returned, Time = at };
        EventContext context = new() { Source = EventSource.Camera(camera), Time = at, RecordedTime = at };
        return Events.Record(KafkaTopics.EdgeState, CameraBalanceEvent.Create(camera, data, context), sent, partition: 1);
    }

    private static CloudEvent CloudEventOf(OutboxRow row)
    {
        var record = Outbox.ToRecord(row);
        return KafkaBinding.Read(record.Headers, record.Value!.Value);
    }
}
