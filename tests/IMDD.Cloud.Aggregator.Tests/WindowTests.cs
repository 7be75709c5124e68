using CsCheck;
using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Relational;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class WindowTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(70);

    public sealed class OnSqlite(PostgresFixture postgres) : WindowTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : WindowTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Sweep_ChangedWindow_IsWrittenOncePerChange()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon));

        instance.Windows.Sweep();
        instance.Windows.Sweep();

        var window = Waiting(instance, KafkaTopics.LineMinute).ShouldHaveSingleItem();
        (window.Revision, window.Closed, window.Correction, window.Total).ShouldBe((1, false, false, 1));
        Waiting(instance, KafkaTopics.LineHour).ShouldHaveSingleItem().WindowSeconds.ShouldBe(3600);
    }

    [Fact]
    public async Task Sweep_LatenessPassed_ClosesAndWhatComesLaterIsACorrection()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon.AddSeconds(30)));
        instance.Windows.Sweep();

        Time.SetUtcNow(Events.Noon.AddSeconds(60 + 119));
        instance.Windows.Sweep();
        Minute(instance).ShouldSatisfyAllConditions(w => w.Closed.ShouldBeFalse(), w => w.Revision.ShouldBe(1));

        Time.SetUtcNow(Events.Noon.AddSeconds(60 + 120));
        instance.Windows.Sweep();
        Minute(instance).ShouldSatisfyAllConditions(w => w.Closed.ShouldBeTrue(), w => w.Revision.ShouldBe(2), w => w.Correction.ShouldBeFalse());
        Waiting(instance, KafkaTopics.LineMinute).ShouldHaveSingleItem().Closed.ShouldBeTrue();

        instance.Count(Events.Outcome(1, Events.Noon.AddSeconds(31), Verdict.Fail));
        instance.Windows.Sweep();
        var corrected = Waiting(instance, KafkaTopics.LineMinute).ShouldHaveSingleItem();
        (corrected.Revision, corrected.Closed, corrected.Correction, corrected.Total, corrected.Failed, corrected.Yield).ShouldBe((3, true, true, 2, 1, 0.5));
    }

    [Fact]
    public async Task Sweep_OutcomeWithinLateness_IsNoCorrection()
    {
        var instance = await StartAsync();
        instance.Count(Events.Outcome(0, Events.Noon));
        instance.Windows.Sweep();

        Time.SetUtcNow(Events.Noon.AddSeconds(170));
        instance.Count(Events.Outcome(1, Events.Noon.AddSeconds(1)));
        Time.SetUtcNow(Events.Noon.AddSeconds(181));
        instance.Windows.Sweep();

        // The clock is past the lateness, and the outcome came 11 s ago: quiet long enough.
        var window = Minute(instance);
        (window.Total, window.Correction, window.Closed).ShouldBe((2, false, true));
    }

    [Fact]
    public async Task Sweep_WindowStillFills_DoesNotClose()
    {
        var instance = await StartAsync();
        Time.SetUtcNow(Events.Noon.AddHours(1));
        instance.Count(Events.Outcome(0, Events.Noon));

        instance.Windows.Sweep();
        Minute(instance).Closed.ShouldBeFalse();

        Time.Advance(TimeSpan.FromSeconds(10));
        instance.Windows.Sweep();
        Minute(instance).Closed.ShouldBeTrue();
    }

    [Fact]
    public async Task Process_AnyOrderAnyDuplicatesAnyBatches_GivesTheSameBytes()
    {
        // Every case is a full run against the database; the seed is printed by CsCheck on failure.
        var outcomes = Gen.Int[0, 3].SelectMany(camera => Gen.Select(
            Gen.Int[0, 400], Gen.Int[1, 3].Select(v => (Verdict)v), Gen.Bool.Select(b => b ? "overload" : "deadline"), Gen.Int[1, 3],
            (sequence, verdict, reason, regions) => (Camera: camera, Sequence: sequence, Verdict: verdict, Reason: reason, Regions: regions)));
        await Gen.Select(outcomes.Array[1, 60], Gen.Int, Gen.Int[1, 20]).SampleAsync(
            async (drawn, seed, batch) =>
            {
                var records = drawn.DistinctBy(o => (o.Camera, o.Sequence)).Select(o => Events.Record(
                    Events.Outcome(Events.Camera(o.Camera), o.Sequence, o.Verdict, o.Reason) with
                    {
                        Defects = o.Verdict == Verdict.Fail ? [new("scratch", Severity.Major, o.Regions), new("pit", Severity.Minor, 1)] : [],
                    },
                    Events.Noon.AddSeconds(o.Sequence),
                    o.Sequence)).ToList();
                Random random = new(seed);
                var shuffled = records.Concat(records.Where(_ => random.Next(2) == 0)).OrderBy(_ => random.Next()).ToList();

                var straight = await RunAsync(records, records.Count);
                var replayed = await RunAsync([.. shuffled, .. records], batch);

                replayed.ShouldBe(straight);
            },
            iter: 5,
            threads: 1);
    }

    [Fact]
    public async Task Process_WholeTopicReplayed_ChangesNotOneByte()
    {
        var instance = await StartAsync();
        var records = Enumerable.Range(0, 300).Select(i => Events.Outcome(i, Events.Noon.AddSeconds(i), (Verdict)(1 + (i % 3)), camera: i % 4)).ToList();
        instance.Count(records);
        Time.Advance(Settled);
        instance.Windows.Sweep();
        var before = Everything(instance);

        // Positions are forgotten, ids are not.
        var again = await StartAsync("two");
        again.Count(records).Counted.ShouldBe(0);
        again.Windows.Sweep();

        Everything(again).ShouldBe(before);
    }

    /// <summary>Counts in batches, a restart in the middle, and returns all windows as text.</summary>
    private async Task<string> RunAsync(IReadOnlyList<KafkaConsumed> records, int batch)
    {
        Time.SetUtcNow(Events.Noon.AddMinutes(10) > Time.GetUtcNow() ? Events.Noon.AddMinutes(10) : Time.GetUtcNow());
        await ChangeDatabaseAsync();
        var instance = await StartAsync("first");
        var half = records.Count / 2;
        foreach (var chunk in records.Take(half).Chunk(batch))
        {
            instance.Count(chunk);
        }

        var second = await StartAsync("second");
        foreach (var chunk in records.Skip(half).Chunk(batch))
        {
            second.Count(chunk);
        }

        return Content(second);
    }

    private static string Content(Instance instance) => string.Join('\n', instance.Read(db => db.Windows
        .OrderBy(w => w.Line).ThenBy(w => w.Seconds).ThenBy(w => w.Start).AsEnumerable()
        .Select(w => $"{w.Line} {w.Seconds} {w.Start:O} {w.Total} {w.Passed} {w.Failed} {w.Undecided} {w.Reasons} {w.Pareto}").ToList()));

    private static string Everything(Instance instance) => string.Join('\n', instance.Read(db => db.Windows
        .OrderBy(w => w.Line).ThenBy(w => w.Seconds).ThenBy(w => w.Start).AsEnumerable()
        .Select(w => System.Text.Json.JsonSerializer.Serialize(w)).ToList()));

    private static LineWindow Minute(Instance instance)
        => instance.Read(db => WindowMapping.ToEvent(db.Windows.Single(w => w.Seconds == WindowSize.Minute)));

    private static List<LineWindow> Waiting(Instance instance, string topic)
        => instance.Read(db => db.Outbox.Where(row => row.Topic == topic).OrderBy(row => row.Sequence).AsEnumerable().Select(row =>
        {
            var record = Outbox.ToRecord(row);
            var cloudEvent = KafkaBinding.Read(record.Headers, record.Value!.Value);
            cloudEvent.Id.ShouldBe(row.EventId);
            return EventReader.Read<LineWindow>(cloudEvent, EventTypes.LineWindowUpdated);
        }).ToList());
}
