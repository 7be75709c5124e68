using IMDD.Dapr.Notices;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Dapr.Tests;

public sealed class NoticeBellTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InProcessNotices _notices = new(new NoticeListeners());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitAsync_NoNotice_LastsItsTime()
    {
        using NoticeBell bell = new(_notices, NoticeTopics.LabelsAgreed, _time);
        var wait = bell.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        _time.Advance(TimeSpan.FromSeconds(9));
        wait.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        await wait;
    }

    [Fact]
    public async Task WaitAsync_NoticesBeforeAndMeanwhile_EachEndsOneWait()
    {
        using NoticeBell bell = new(_notices, NoticeTopics.LabelsAgreed, _time);
        _notices.Publish(NoticeTopics.LabelsAgreed);
        _notices.Publish(NoticeTopics.LabelsAgreed);
        await bell.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        var wait = bell.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        wait.IsCompleted.ShouldBeFalse("two that came before one look are one");

        _notices.Publish(NoticeTopics.LabelsAgreed);

        await wait;
    }

    [Fact]
    public async Task WaitAsync_Cancelled_ReturnsWithoutThrowing()
    {
        using NoticeBell bell = new(_notices, NoticeTopics.LabelsAgreed, _time);
        using CancellationTokenSource stop = new();
        var wait = bell.WaitAsync(TimeSpan.FromSeconds(10), stop.Token);

        await stop.CancelAsync();

        await wait;
    }
}
