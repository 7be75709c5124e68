using IMDD.Dapr.Locks;
using IMDD.Dapr.Notices;
using IMDD.Dapr.State;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Dapr.Tests;

/// <summary>What holds with and without a sidecar.</summary>
public abstract class Behaviour : IAsyncLifetime
{
    private TestService? _service;

    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private protected TestService Service => _service!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _service = await StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Service.DisposeAsync();
    }

    [Fact]
    public async Task GetAsync_NoSuchKey_IsNull() => (await State.GetAsync<int>("none", Stop)).ShouldBeNull();

    [Fact]
    public async Task TrySaveAsync_VersionThatWasRead_IsSaved()
    {
        (await State.TrySaveAsync("k", 1L, null, Stop)).ShouldBeTrue();
        var first = await State.GetAsync<long>("k", Stop);

        (await State.TrySaveAsync("k", 2L, first!.ETag, Stop)).ShouldBeTrue();

        var second = await State.GetAsync<long>("k", Stop);
        second!.Value.ShouldBe(2);
        second.ETag.ShouldNotBe(first.ETag);
    }

    [Fact]
    public async Task TrySaveAsync_AnotherHasSavedSince_IsRefusedAndChangesNothing()
    {
        await State.TrySaveAsync("k", 1L, null, Stop);
        var read = await State.GetAsync<long>("k", Stop);
        await State.TrySaveAsync("k", 2L, read!.ETag, Stop);

        (await State.TrySaveAsync("k", 3L, read.ETag, Stop)).ShouldBeFalse();
        (await State.TrySaveAsync("k", 4L, null, Stop)).ShouldBeFalse("there is a value already");

        (await State.GetAsync<long>("k", Stop))!.Value.ShouldBe(2);
    }

    [Fact]
    public async Task TrySaveAsync_ManyAtOnceFromOneVersion_OneWins()
    {
        await State.TrySaveAsync("k", 0, null, Stop);
        var read = await State.GetAsync<int>("k", Stop);

        var saved = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => State.TrySaveAsync("k", i, read!.ETag, Stop)));

        saved.Count(s => s).ShouldBe(1);
        (await State.GetAsync<int>("k", Stop))!.Value.ShouldBe(Array.IndexOf(saved, true) + 1);
    }

    [Fact]
    public async Task TryLockAsync_HeldByAnotherOrOneself_IsRefusedUntilGivenBack()
    {
        (await Locks.TryLockAsync("r", "a", TimeSpan.FromSeconds(10), Stop)).ShouldBeTrue();

        (await Locks.TryLockAsync("r", "b", TimeSpan.FromSeconds(10), Stop)).ShouldBeFalse();
        (await Locks.TryLockAsync("r", "a", TimeSpan.FromSeconds(10), Stop)).ShouldBeFalse();
        (await Locks.TryLockAsync("other", "b", TimeSpan.FromSeconds(10), Stop)).ShouldBeTrue();
        (await Locks.UnlockAsync("r", "b", Stop)).ShouldBeFalse();
        (await Locks.UnlockAsync("r", "a", Stop)).ShouldBeTrue();
        (await Locks.TryLockAsync("r", "b", TimeSpan.FromSeconds(10), Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task UnlockAsync_ExpiredAndTakenBySecondOwner_LeavesItsLockAlone()
    {
        await Locks.TryLockAsync("r", "a", TimeSpan.FromSeconds(10), Stop);
        Time.Advance(TimeSpan.FromSeconds(9));
        (await Locks.TryLockAsync("r", "b", TimeSpan.FromSeconds(10), Stop)).ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));

        (await Locks.TryLockAsync("r", "b", TimeSpan.FromSeconds(10), Stop)).ShouldBeTrue();

        (await Locks.UnlockAsync("r", "a", Stop)).ShouldBeFalse("who was paused past its end has nothing to give back");
        (await Locks.TryLockAsync("r", "c", TimeSpan.FromSeconds(10), Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task TryLockAsync_LessThanASecond_LastsOne()
    {
        await Locks.TryLockAsync("r", "a", TimeSpan.FromMilliseconds(1), Stop);
        Time.Advance(TimeSpan.FromMilliseconds(999));

        (await Locks.TryLockAsync("r", "b", TimeSpan.FromSeconds(1), Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task Publish_SomebodyListens_HearsItsTopicAlone()
    {
        using SemaphoreSlim heard = new(0);
        var others = 0;
        using var listening = Notices.Listen(NoticeTopics.LabelsAgreed, () => heard.Release());
        using var elsewhere = Notices.Listen(NoticeTopics.ReleasePromoted, () => Interlocked.Increment(ref others));

        Notices.Publish(NoticeTopics.LabelsAgreed);

        (await heard.WaitAsync(TimeSpan.FromSeconds(30), Stop)).ShouldBeTrue();
        others.ShouldBe(0);
    }

    [Fact]
    public async Task Listen_Disposed_HearsNoMore()
    {
        using SemaphoreSlim heard = new(0);
        var first = 0;
        var listening = Notices.Listen(NoticeTopics.LabelsAgreed, () => Interlocked.Increment(ref first));
        using var second = Notices.Listen(NoticeTopics.LabelsAgreed, () => heard.Release());
        listening.Dispose();

        Notices.Publish(NoticeTopics.LabelsAgreed);

        (await heard.WaitAsync(TimeSpan.FromSeconds(30), Stop)).ShouldBeTrue();
        first.ShouldBe(0);
    }

    private protected IStateStore State => Service.Get<IStateStore>();

    private protected ILockStore Locks => Service.Get<ILockStore>();

    private protected INotices Notices => Service.Get<INotices>();

    private protected abstract Task<TestService> StartAsync();
}
