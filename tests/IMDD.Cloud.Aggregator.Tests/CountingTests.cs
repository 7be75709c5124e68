using IMDD.Cloud.Aggregator.Windows;
using IMDD.Contracts.Events;
using IMDD.Messaging.Kafka;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Tests;

public abstract class CountingTests(PostgresFixture postgres, DatabaseKind kind) : AggregatorTests(postgres, kind)
{
    public sealed class OnSqlite(PostgresFixture postgres) : CountingTests(postgres, DatabaseKind.Sqlite);

    public sealed class OnPostgres(PostgresFixture postgres) : CountingTests(postgres, DatabaseKind.Postgres);

    [Fact]
    public async Task Process_SomeOutcomes_CountsThemInTheirMinuteAndHour()
    {
        var instance = await StartAsync();
        var start = Events.Noon.AddMinutes(-30);

        instance.Count(
            Events.Outcome(0, start),
            Events.Outcome(1, start.AddSeconds(59.999999), Verdict.Fail),
            Events.Outcome(2, start.AddSeconds(60)),
            Events.Outcome(3, start.AddSeconds(61), Verdict.Undecided, UndecidedReason.Corrupt));

        var minutes = instance.Read(db => db.Windows.Where(w => w.Seconds == WindowSize.Minute).OrderBy(w => w.Start).ToList());
        minutes.Select(w => (w.Start, w.Passed, w.Failed, w.Undecided, w.Total)).ShouldBe(
            [(start, 1, 1, 0, 2), (start.AddMinutes(1), 1, 0, 1, 2)]);
        minutes[1].Reasons.ShouldBe("""{"corrupt":1}""");
        minutes[0].Pareto.ShouldBe("""[{"class":"scratch","severity":"major","count":1}]""");
        var hour = instance.Read(db => db.Windows.Single(w => w.Seconds == WindowSize.Hour));
        (hour.Start, hour.Total, hour.Passed, hour.Failed, hour.Undecided).ShouldBe((Events.Noon.AddHours(-1), 4, 2, 1, 1));
    }

    [Fact]
    public async Task Process_SameOutcomeTwice_CountsItOnce()
    {
        var instance = await StartAsync();
        var record = Events.Outcome(0, Events.Noon.AddMinutes(-1));

        instance.Count(record, record with { Offset = 1 }).ShouldSatisfyAllConditions(r => r.Counted.ShouldBe(1), r => r.Duplicates.ShouldBe(1));
        instance.Count(record with { Offset = 2 }).Duplicates.ShouldBe(1);
        var restarted = await StartAsync("two");
        restarted.Count(record with { Offset = 3 }).Duplicates.ShouldBe(1);

        var totals = await restarted.TotalsAsync();
        (totals.Outcomes, totals.Passed, totals.Duplicates).ShouldBe((1, 1, 3));
    }

    [Fact]
    public async Task Process_Simulated_EntersNoStatisticsAndIsCountedApart()
    {
        var instance = await StartAsync();
        var real = Events.Outcome(Events.Camera(), 0, Verdict.Fail);

        instance.Count(
            Events.Record(real, Events.Noon.AddMinutes(-1), 0),
            Events.Record(Events.Outcome(Events.Camera(), 1, Verdict.Fail) with { Simulated = true }, Events.Noon.AddMinutes(-1), 1));

        var totals = await instance.TotalsAsync();
        (totals.Outcomes, totals.Failed, totals.Simulated).ShouldBe((2, 1, 1));
        instance.Read(db => db.Windows.Where(w => w.Seconds == WindowSize.Minute).Sum(w => w.Total)).ShouldBe(1);
        instance.Read(db => db.CameraBoots.Single().Outcomes).ShouldBe(2);
    }

    [Fact]
    public async Task Process_WindowTimeIsRecordedTime_UsesIt()
    {
        var instance = await StartAsync();
        var outcome = Events.Outcome(Events.Camera(), 0) with { WindowTime = WindowTimeSource.RecordedTime };

        instance.Count(Events.Record(outcome, time: DateTimeOffset.UnixEpoch.AddDays(1), offset: 0, recorded: Events.Noon.AddMinutes(-5)));

        instance.Read(db => db.Windows.Single(w => w.Seconds == WindowSize.Minute).Start).ShouldBe(Events.Noon.AddMinutes(-5));
    }

    [Fact]
    public async Task Process_VerdictOfALaterVersion_CountsAsUndecided()
    {
        var instance = await StartAsync();
        var record = Events.Outcome(0, Events.Noon.AddMinutes(-1));
        var json = System.Text.Encoding.UTF8.GetString(record.Value!.Value.Span).Replace("\"pass\"", "\"rework\"", StringComparison.Ordinal);

        instance.Count(record with { Value = System.Text.Encoding.UTF8.GetBytes(json) });

        (await instance.TotalsAsync()).UndecidedByReason.ShouldBe(new Dictionary<string, long> { [VerdictCounts.UnknownVerdict] = 1 });
    }

    [Fact]
    public async Task Process_BatchFails_NothingStandsAndAgainIsHarmless()
    {
        var instance = await StartAsync();
        KafkaConsumed[] records = [Events.Outcome(0, Events.Noon.AddMinutes(-1)), Events.Outcome(1, Events.Noon.AddMinutes(-1), Verdict.Fail)];
        instance.Count(records[0]);

        // A row that breaks the arithmetic of the second record's transaction, after ids and positions were written.
        instance.Read(db => db.Database.ExecuteSqlRaw("UPDATE lines SET reasons = 'not json'"));
        Should.Throw<System.Text.Json.JsonException>(() => instance.Count(records[1]));
        instance.Read(db => db.Partitions.Single().NextOffset).ShouldBe(1);
        (await CountSeenAsync(instance)).ShouldBe(1);

        instance.Read(db => db.Database.ExecuteSqlRaw("UPDATE lines SET reasons = '{{}}'"));
        instance.Count(records[1]).Counted.ShouldBe(1);
        instance.Read(db => db.Partitions.Single().NextOffset).ShouldBe(2);
        (await instance.TotalsAsync()).Outcomes.ShouldBe(2);
    }

    [Fact]
    public async Task Process_ThousandsInOneBatch_CountsAll()
    {
        var instance = await StartAsync();
        var records = Enumerable.Range(0, 2500).Select(i => Events.Outcome(i, Events.Noon.AddMinutes(-60).AddSeconds(i), (Verdict)(1 + (i % 3)), camera: i % 8)).ToList();

        instance.Count(records).Counted.ShouldBe(2500);

        var totals = await instance.TotalsAsync();
        (totals.Outcomes, totals.Passed, totals.Failed, totals.Undecided).ShouldBe((2500, 834, 833, 833));
    }

    private static Task<int> CountSeenAsync(Instance instance)
        => Task.FromResult(instance.Read(db => db.Database.SqlQueryRaw<int>("SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM seen").Single()));
}
