using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Testing;
using Microsoft.EntityFrameworkCore;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>
/// Processes of one consumer group over one database, killed and paused while outcomes flow: the sums must be those of what was sent.
/// It takes its time: a lost member is noticed after the shortest session that Kafka allows, 6 s.
/// </summary>
public abstract class GroupTests(PostgresFixture postgres, DatabaseKind kind, bool pauses) : AggregatorTests(postgres, kind)
{
    private const int Cameras = 8;

    private readonly EmbeddedKafkaCluster _kafka = new();
    private long _sent;

    // A process that is paused inside of a transaction keeps SQLite's one write lock: several instances that may be paused need PostgreSQL.
    public sealed class OnSqlite(PostgresFixture postgres) : GroupTests(postgres, DatabaseKind.Sqlite, pauses: false);

    public sealed class OnPostgres(PostgresFixture postgres) : GroupTests(postgres, DatabaseKind.Postgres, pauses: true);

    [Fact]
    public async Task Group_MemberKilledAndMemberPaused_CountsEveryOutcomeOnce()
    {
        using KafkaTestClient client = new(_kafka.BootstrapServers);
        var judge = await StartAsync("judge");
        using AggregatorProcess zombie = new(_kafka.BootstrapServers, Database, "zombie");
        using AggregatorProcess victim = new(_kafka.BootstrapServers, Database, "victim");
        using AggregatorProcess heir = new(_kafka.BootstrapServers, Database, "heir");
        await SendAsync(client, 400);
        await HoldsAsync(() => OwnersOf(judge).SetEquals(["zombie", "victim", "heir"]), zombie, victim, heir);

        // One is killed and one paused for longer than its session lasts, both while they count: the heir takes their partitions, and what
        // they had not committed is read again.
        await SendAsync(client, 800);
        victim.Kill();
        if (pauses)
        {
            zombie.Pause();
        }

        await SendAsync(client, 400);
        await HoldsAsync(() => Counted(judge) == _sent && OwnersOf(judge).SetEquals(pauses ? ["heir"] : ["heir", "zombie"]), heir);

        // Back from the dead, the zombie finds its partitions gone and joins again.
        if (pauses)
        {
            zombie.Resume();
        }

        await SendAsync(client, 400);
        await HoldsAsync(() => Counted(judge) == _sent && OwnersOf(judge).SetEquals(["heir", "zombie"]), heir, zombie);

        judge.Read(db => db.Windows.Where(w => w.Seconds == 60).Sum(w => w.Total)).ShouldBe(_sent);
        judge.Read(db => db.Windows.Where(w => w.Seconds == 3600).Sum(w => w.Passed)).ShouldBe(_sent);
        judge.Read(db => db.CameraBoots.Sum(b => b.Outcomes)).ShouldBe(_sent);
        judge.Read(db => db.Partitions.Sum(p => p.DeadLettered)).ShouldBe(0);
        await WindowsOnKafkaAddUpAsync(client);
        (await heir.StopAsync()).ShouldBe(0, heir.Log);
        (await zombie.StopAsync()).ShouldBe(0, zombie.Log);
    }

    private static async Task HoldsAsync(Func<bool> condition, params AggregatorProcess[] processes)
    {
        try
        {
            await Eventually.HoldsAsync(condition);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{string.Join("\n\n", processes.Select(process => process.Log))}", e);
        }
    }

    private async Task SendAsync(KafkaTestClient client, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        await client.PublishAsync(Enumerable.Range(0, count).Select(i => Events.Outcome(_sent + i, now, camera: (int)((_sent + i) % Cameras))));
        _sent += count;
    }

    /// <summary>The highest revision of each window stands.</summary>
    private Task WindowsOnKafkaAddUpAsync(KafkaTestClient client) => Task.Run(() => client.ReadUntil(
        KafkaTopics.LineMinute, records => records.Select(Window).GroupBy(w => w.WindowStart).Sum(g => g.MaxBy(w => w.Revision)!.Total) == _sent));

    private static LineWindow Window(KafkaConsumed record)
        => EventReader.Read<LineWindow>(KafkaBinding.Read(record.Headers, record.Value!.Value), EventTypes.LineWindowUpdated);

    private static long Counted(Instance judge) => judge.Read(db => db.Lines.Sum(line => line.Total));

    private static HashSet<string> OwnersOf(Instance judge)
        => [.. judge.Read(db => db.Partitions.AsNoTracking().Where(p => p.Topic == KafkaTopics.Outcome).Select(p => p.Owner).Distinct().ToList())];
}
