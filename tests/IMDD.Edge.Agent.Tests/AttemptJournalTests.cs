using IMDD.Edge.Agent.Inspection;
using IMDD.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class AttemptJournalTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly TestDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Attempts_AcrossReopen_AreCountedAndEndedOnesForgotten()
    {
        using (var journal = Open())
        {
            journal.Begin("a");
            journal.Begin("b");
            journal.End("b");
        }

        using (var journal = Open())
        {
            (journal.Attempts("a"), journal.Attempts("b"), journal.Count).ShouldBe((1, 0, 1));
            journal.Begin("a");
        }

        using var last = Open();
        last.Attempts("a").ShouldBe(2);
        last.End("a");
        last.Count.ShouldBe(0);
    }

    [Fact]
    public void Open_OldEntries_AreForgotten()
    {
        using (var journal = Open())
        {
            journal.Begin("a");
        }

        _time.Advance(Day + TimeSpan.FromSeconds(1));
        using var later = Open();
        later.Count.ShouldBe(0);
    }

    [Fact]
    public void Open_Garbage_IsTakenAsEmpty()
    {
        var noise = new byte[4096 * 64];
        new Random(3).NextBytes(noise);
        File.WriteAllBytes(_directory.File("journal"), noise);

        using var journal = Open();
        journal.Begin("a");
        journal.Attempts("a").ShouldBe(1);
    }

    [Fact]
    public void Begin_MoreThanThereAreSlots_GoesOnWithoutThem()
    {
        using var journal = Open();
        for (var i = 0; i < 5000; i++)
        {
            journal.Begin($"frame-{i}");
        }

        journal.Count.ShouldBe(4096);
        journal.End("frame-0");
        journal.Begin("frame-4999");
        journal.Attempts("frame-4999").ShouldBe(1);
    }

    private AttemptJournal Open() => new(_directory.File("journal"), Day, _time);
}
