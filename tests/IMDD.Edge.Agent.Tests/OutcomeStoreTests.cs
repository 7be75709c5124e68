using System.Collections.Concurrent;
using System.Diagnostics;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Hosting;
using IMDD.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace IMDD.Edge.Agent.Tests;

public sealed class OutcomeStoreTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Database => _directory.File("outcomes.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Append_AfterReopen_IsKnownAndInTheOutboxByteForByte()
    {
        OutboxRow before;
        var draft = TestDrafts.Outcome("f1", Verdict.Undecided, UndecidedReason.Overload);
        using (var store = Open())
        {
            await AppendAsync(store, draft);
            before = Rows(store).Single();
        }

        using var again = Open();
        again.Reader.Find(draft.OutcomeId).ShouldBe(new KnownOutcome(Verdict.Undecided, UndecidedReason.Overload, DeadlineMet: true));
        var after = Rows(again).Single();
        after.Value.ShouldBe(before.Value);
        after.Headers.ShouldBe(before.Headers);
        again.Writer.Backlog.ShouldBe(1);
    }

    [Fact]
    public async Task Append_SameOutcomeTwice_IsStoredOnce()
    {
        using var store = Open();
        await AppendAsync(store, TestDrafts.Outcome("f1"));
        await AppendAsync(store, TestDrafts.Outcome("f1"));

        Rows(store).Count.ShouldBe(1);
        store.Writer.Backlog.ShouldBe(1);
    }

    [Fact]
    public async Task Append_ManyCameras_NumbersEachWithoutGapsAndTimesNeverRunBackwards()
    {
        using var store = Open();
        for (var i = 0; i < 30; i++)
        {
            await AppendAsync(store, TestDrafts.Outcome($"f{i}", camera: $"cam{i % 3}"));
        }

        foreach (var lane in store.Reader.Lanes())
        {
            var rows = store.Reader.Read(lane.Id, 0, 100);
            rows.Select(r => r.Headers.Single(h => h.Key == "ce_sequence").Value).ShouldBe(Enumerable.Range(1, 10).Select(n => $"{n:D20}"));
            rows.Select(r => r.Recorded).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Append_WhenTheClockIsSetBack_KeepsTheCamerasLastTime()
    {
        SettableTime time = new(TimeProvider.System.GetUtcNow());
        using var store = Open(time: time);
        await AppendAsync(store, TestDrafts.Outcome("f1"));
        time.Now -= TimeSpan.FromSeconds(30);
        await AppendAsync(store, TestDrafts.Outcome("f2"));
        time.Now -= TimeSpan.FromHours(5);
        await AppendAsync(store, TestDrafts.Outcome("f3"));

        var recorded = Rows(store).Select(r => r.Recorded).ToList();
        recorded[1].ShouldBe(recorded[0]);
        (recorded[0] - recorded[2]).ShouldBeGreaterThan(TimeSpan.FromHours(4), "a clock that was hours ahead must not hold the camera's time there");
    }

    [Fact]
    public async Task Open_AfterTornLog_KeepsEveryEarlierRecordAtAnyCut()
    {
        const int Records = 40;
        const int Cuts = 60;
        using (var store = Open())
        {
            for (var i = 0; i < Records; i++)
            {
                await AppendAsync(store, TestDrafts.Outcome($"f{i}"));
            }

            // As after a power loss: files as they are while the store is open.
            File.Copy(Database, _directory.File("torn.db"));
            File.Copy(Database + "-wal", _directory.File("torn.db-wal"));
        }

        var log = await File.ReadAllBytesAsync(_directory.File("torn.db-wal"), TestContext.Current.CancellationToken);
        Random random = new(20260101);
        var last = Records;
        foreach (var cut in Enumerable.Range(0, Cuts).Select(_ => random.Next(log.Length)).OrderDescending())
        {
            using TestDirectory folder = new();
            File.Copy(_directory.File("torn.db"), folder.File("outcomes.db"));
            await File.WriteAllBytesAsync(folder.File("outcomes.db-wal"), log[..cut], TestContext.Current.CancellationToken);
            using var store = Open(folder.Path);

            store.Damaged.ShouldBeNull($"cut at {cut}");
            var kept = Rows(store).Count;
            kept.ShouldBeLessThanOrEqualTo(last, $"cut at {cut}");
            for (var i = 0; i < kept; i++)
            {
                store.Reader.Find(TestDrafts.Outcome($"f{i}").OutcomeId).ShouldNotBeNull($"cut at {cut}");
            }

            await AppendAsync(store, TestDrafts.Outcome("after"));
            last = kept;
        }
    }

    [Fact]
    public async Task Open_DamagedFile_IsMovedAsideAndANewStoreBegun()
    {
        using (var store = Open())
        {
            for (var i = 0; i < 200; i++)
            {
                await AppendAsync(store, TestDrafts.Outcome($"f{i}"));
            }
        }

        var bytes = await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken);
        for (var at = 4096; at < bytes.Length; at += 512)
        {
            bytes[at] ^= 0x5A;
        }

        await File.WriteAllBytesAsync(Database, bytes, TestContext.Current.CancellationToken);

        using var again = Open();

        again.Damaged.ShouldNotBeNull();
        (await File.ReadAllBytesAsync(Path.Combine(again.Damaged, "outcomes.db"), TestContext.Current.CancellationToken)).ShouldBe(bytes);
        await AppendAsync(again, TestDrafts.Outcome("new"));
        Rows(again).Count.ShouldBe(1);
    }

    [Fact]
    public void Open_NotADatabase_IsMovedAside()
    {
        File.WriteAllText(Database, new string('x', 10_000));

        using var store = Open();

        store.Damaged.ShouldNotBeNull();
    }

    [Fact]
    public void Open_FolderInUse_IsRefusedByName()
    {
        using var store = Open();

        Should.Throw<StoreUnavailableException>(() => Open()).Message.ShouldContain("another agent uses this folder");
    }

    [Fact]
    public void Open_FolderThatIsAFile_IsRefused()
    {
        File.WriteAllText(_directory.File("file"), "");

        Should.Throw<StoreUnavailableException>(() => Open(_directory.File("file")));
    }

    [Fact]
    public void Open_NewerSchema_IsRefusedAndLeftAlone()
    {
        using (Open())
        {
            // Created.
        }

        using (SqliteConnection connection = new($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        Should.Throw<StoreUnavailableException>(() => Open()).Message.ShouldContain("version 99");
    }

    [Fact]
    public async Task Open_StoreOfVersion1_KeepsWhatWaitsInTheSpool()
    {
        var draft = TestDrafts.Fail("f1", withEvidence: true);
        using (var store = Open())
        {
            await AppendAsync(store, draft);
        }

        using (SqliteConnection connection = new($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = LanesOfFour + "ALTER TABLE evidence DROP COLUMN masks; PRAGMA user_version = 1";
            command.ExecuteNonQuery();
        }

        using var again = Open();
        var item = again.Reader.Evidence(after: null, 10).Single();
        (item.OutcomeId, item.Digest, item.Masks.Count).ShouldBe((draft.OutcomeId, draft.Evidence!.Digest, 0));
        await AppendAsync(again, TestDrafts.Fail("f2", withEvidence: true));
        again.Reader.Evidence(after: null, 10).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Open_StoreOfVersion3_KeepsEveryLaneAndItsCursor()
    {
        string[] cameras = ["cam1", "cam2", "cam3"];
        List<(string Key, OutboxKind Kind, long Confirmed, int Rows)> before;
        using (var store = Open())
        {
            foreach (var camera in cameras)
            {
                await AppendAsync(store, TestDrafts.Outcome("f1", camera: camera), TestDrafts.Fail("f2", withEvidence: false, camera: camera));
            }

            var confirmed = store.Reader.Lanes().Single(l => l.Key.EndsWith("cam2", StringComparison.Ordinal) && l.Id.Kind == OutboxKind.Outcome);
            store.Writer.Enqueue(new AdvanceCursor(confirmed.Id, store.Reader.Read(confirmed.Id, 0, 1)[0].Position, 1, CrashPoints.None));
            await store.Writer.FlushAsync(TestContext.Current.CancellationToken);
            before = Lanes(store);
        }

        using (SqliteConnection connection = new($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = LanesOfFour + "PRAGMA user_version = 3";
            command.ExecuteNonQuery();
        }

        using var again = Open();
        before.Count.ShouldBe(6);
        Lanes(again).ShouldBe(before);
        again.Writer.Backlog.ShouldBe(8);
    }

    /// <summary>What the lanes were before there was room for more than four kinds.</summary>
    private const string LanesOfFour = """
        CREATE TABLE old(id INTEGER PRIMARY KEY, confirmed INTEGER NOT NULL);
        INSERT INTO old SELECT id / 8 * 4 + id % 8, confirmed FROM lane;
        DROP TABLE lane;
        ALTER TABLE old RENAME TO lane;
        UPDATE outbox SET lane = lane / 8 * 4 + lane % 8;
        """;

    private static List<(string Key, OutboxKind Kind, long Confirmed, int Rows)> Lanes(OutcomeStore store)
        => [.. store.Reader.Lanes().Select(l => (l.Key, l.Id.Kind, l.Confirmed, store.Reader.Read(l.Id, 0, 100).Count)).Order()];

    [Fact]
    public async Task Full_RejectNewFrames_ClosesAndOpensAgainWhenConfirmed()
    {
        // Room enough for the ids, which stay, of all that a fast disk takes between two looks at the limit.
        using var store = Open(options: new StoreOptions { Directory = _directory.Path, MaxBytes = 8 << 20, KeepConfirmed = TimeSpan.Zero });
        var appended = 0;
        while (store.Admission.IsOpen)
        {
            await AppendAsync(store, [.. Enumerable.Range(0, 50).Select(_ => TestDrafts.Outcome($"f{appended++}"))]);
        }

        store.Admission.Reason!.ShouldContain("bytes");
        store.Writer.Backlog.ShouldBe(appended);
        store.Writer.Dropped.ShouldBe(0);

        var lane = store.Reader.Lanes().Single();
        var rows = store.Reader.Read(lane.Id, 0, int.MaxValue);
        store.Writer.Enqueue(new AdvanceCursor(lane.Id, rows[^1].Position, rows.Count, CrashPoints.None));

        await store.Admission.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        store.Writer.Backlog.ShouldBe(0);
        store.Reader.Find(TestDrafts.Outcome("f0").OutcomeId).ShouldNotBeNull("ids outlive their records");
    }

    [Fact]
    public async Task Full_DropOldestPass_DropsPassesCountedAndNeverFails()
    {
        using var store = Open(options: new StoreOptions { Directory = _directory.Path, MaxBytes = 1 << 20, WhenFull = StoreFullPolicy.DropOldestPass });
        var appended = 0;
        for (; store.Writer.Dropped == 0; appended++)
        {
            await AppendAsync(store, TestDrafts.Outcome($"f{appended}", appended % 2 == 0 ? Verdict.Pass : Verdict.Undecided, appended % 2 == 0 ? null : UndecidedReason.Corrupt));
        }

        var left = Rows(store);
        (left.Count + store.Writer.Dropped).ShouldBe(appended);
        store.Writer.Backlog.ShouldBe(left.Count);
        left.Count(r => ImddJson.Deserialize<InspectionOutcome>(r.Value).Verdict == Verdict.Undecided).ShouldBe(appended / 2);
    }

    [Fact]
    public async Task HardExample_ThatKafkaDoesNotTake_IsNoOldOutcome()
    {
        using var store = Open();
        store.Writer.Enqueue(new AppendExample(TestDrafts.Example("x"), day: 1, usedToday: 1, CrashPoints.None));
        store.Writer.Enqueue(new FinishExample(TestDrafts.Example("x").OutcomeId, TestDrafts.ExampleRecord("x"), CrashPoints.None));
        await store.Writer.FlushAsync(TestContext.Current.CancellationToken);

        Rows(store).ShouldHaveSingleItem();
        store.Reader.OldestUnconfirmed().ShouldBeNull();

        await AppendAsync(store, TestDrafts.Outcome("f"));
        store.Reader.OldestUnconfirmed().ShouldNotBeNull();
    }

    [Fact]
    public async Task ShortOfRoom_HardExamplesGoBeforeAnyOutcome()
    {
        using var store = Open(options: new StoreOptions { Directory = _directory.Path, MaxBytes = 2 << 20, WhenFull = StoreFullPolicy.DropOldestPass });
        ConcurrentQueue<DroppedExamples> dropped = [];
        store.Writer.ExamplesDropped += dropped.Enqueue;
        const int Examples = 20;
        for (var i = 0; i < Examples; i++)
        {
            store.Writer.Enqueue(new AppendExample(TestDrafts.Example($"x{i}"), day: 1, usedToday: i, CrashPoints.None));
            if (i % 2 == 0)
            {
                store.Writer.Enqueue(new FinishExample(TestDrafts.Example($"x{i}").OutcomeId, TestDrafts.ExampleRecord($"x{i}"), CrashPoints.None));
            }
        }

        await store.Writer.FlushAsync(TestContext.Current.CancellationToken);
        store.Reader.Examples(after: null, 100).Count.ShouldBe(Examples / 2);
        var appended = 0;
        while (!store.Writer.IsShort)
        {
            // The store looks at its size twice a second: by less than what lies between short of room and full.
            await AppendAsync(store, [.. Enumerable.Range(0, 20).Select(_ => TestDrafts.Outcome($"f{appended++}"))]);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(() => dropped.Sum(d => d.Count) == Examples);
        store.Writer.Dropped.ShouldBe(0);
        store.Reader.Examples(after: null, 100).ShouldBeEmpty();
        await Eventually.HoldsAsync(() => store.Writer.Backlog == appended);
        Rows(store).Count.ShouldBe(appended, "every outcome is there");
    }

    [Fact]
    public async Task DiskFull_NothingOfTheGroupIsAcknowledgedUntilThereIsRoom()
    {
        using var store = Open();
        await AppendAsync(store, TestDrafts.Outcome("before"));
        FullDisk disk = new();
        var durable = 0;
        store.Writer.Enqueue(new CompositeCommand([new AppendOutcome(TestDrafts.Outcome("f1"), CrashPoints.None, _ => Interlocked.Increment(ref durable)), disk]));
        store.Writer.Enqueue(new AppendOutcome(TestDrafts.Outcome("f2", camera: "cam2"), CrashPoints.None, _ => Interlocked.Increment(ref durable)));

        await Eventually.HoldsAsync(() => !store.Admission.IsOpen);
        store.Admission.Reason!.ShouldContain("disk is full");
        Volatile.Read(ref durable).ShouldBe(0);
        Rows(store).Count.ShouldBe(1);

        disk.MakeRoom();
        await Eventually.HoldsAsync(() => Volatile.Read(ref durable) == 2 && store.Admission.IsOpen);
        Rows(store).Count.ShouldBe(3);
        store.Writer.Backlog.ShouldBe(3);
        Rows(store).Count(r => r.Headers.Any(h => h is { Key: "ce_sequence", Value: "00000000000000000002" })).ShouldBe(1, "an ordinal of a failed attempt is not used up");
    }

    [Fact]
    public async Task Append_GroupsOf16WithFullSync_ReachesTenThousandPerSecondWhereTheDiskAllows()
    {
        const int Groups = 200;
        const int GroupSize = 16;
        using var store = Open();
        await AppendAsync(store, [.. Enumerable.Range(0, GroupSize).Select(i => TestDrafts.Outcome($"warm{i}"))]);
        var drafts = Enumerable.Range(0, Groups).Select(g => Enumerable.Range(0, GroupSize).Select(i => TestDrafts.Outcome($"g{g}-{i}")).ToArray()).ToList();
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        foreach (var group in drafts)
        {
            await AppendAsync(store, group);
        }

        // A figure to read, not a limit to fail on: it is the disk's and the neighbours' as much as ours.
        var rate = Groups * GroupSize / watch.Elapsed.TotalSeconds;
        process.Refresh();
        var each = (process.TotalProcessorTime - processor).TotalMicroseconds / (Groups * GroupSize);
        TestContext.Current.TestOutputHelper!.WriteLine($"{rate:F0} outcomes/s in groups of {GroupSize}, {each:F0} us of processor time each");
        Rows(store).Count.ShouldBe((Groups + 1) * GroupSize);
    }

    private static async Task AppendAsync(OutcomeStore store, params OutcomeDraft[] drafts)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = drafts.Length;
        store.Writer.Enqueue(new CompositeCommand([.. drafts.Select(d => new AppendOutcome(d, CrashPoints.None, _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                done.SetResult();
            }
        }))]));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static List<OutboxRow> Rows(OutcomeStore store)
        => [.. store.Reader.Lanes().SelectMany(l => store.Reader.Read(l.Id, 0, int.MaxValue))];

    private OutcomeStore Open(string? folder = null, TimeProvider? time = null, StoreOptions? options = null)
        => OutcomeStore.Open(
            options ?? new StoreOptions { Directory = folder ?? _directory.Path }, EventSource.Agent(AssetPath.Parse(AgentHarness.Asset), "box7"),
            time ?? TimeProvider.System, NullLogger.Instance);
}
