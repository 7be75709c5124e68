using IMDD.Contracts.Events;
using IMDD.Edge.Agent.Delivery;
using IMDD.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class InstallWaitTests
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 28, 22, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Ten.AddHours(-9));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UntilOpen_BeforeTheWindow_WaitsForItsBeginning()
    {
        var waiting = InstallWait.UntilOpenAsync(new InstallWindow { NotBefore = Ten, NotAfter = Ten.AddHours(4) }, _time, Stop);
        while (_time.GetUtcNow() < Ten)
        {
            waiting.IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        await waiting.WaitAsync(Eventually.Timeout, Stop);
    }

    [Fact]
    public async Task UntilOpen_ClockSetForwardOverTheWindow_IsMissed()
    {
        var waiting = InstallWait.UntilOpenAsync(new InstallWindow { NotBefore = Ten, NotAfter = Ten.AddHours(4) }, _time, Stop);
        _time.SetUtcNow(Ten.AddHours(4));

        (await Should.ThrowAsync<DeliveryException>(waiting.WaitAsync(Eventually.Timeout, Stop))).ReasonCode.ShouldBe(RolloutReason.WindowMissed);
    }

    [Fact]
    public async Task UntilOpen_WithinOrWithoutBounds_GoesOnAtOnce()
    {
        _time.SetUtcNow(Ten.AddHours(1));
        await InstallWait.UntilOpenAsync(new InstallWindow { NotBefore = Ten, NotAfter = Ten.AddHours(4) }, _time, Stop);
        await InstallWait.UntilOpenAsync(new InstallWindow { NotBefore = Ten.AddHours(1) }, _time, Stop);
        await InstallWait.UntilOpenAsync(new InstallWindow(), _time, Stop);
        await Should.ThrowAsync<DeliveryException>(InstallWait.UntilOpenAsync(new InstallWindow { NotAfter = Ten.AddHours(1) }, _time, Stop));
    }

    [Fact]
    public async Task UntilOpen_WishTakenBack_EndsTheWaiting()
    {
        using CancellationTokenSource newer = new();
        var waiting = InstallWait.UntilOpenAsync(new InstallWindow { NotBefore = Ten }, _time, newer.Token);
        await newer.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(Eventually.Timeout, Stop));
    }
}
