using IMDD.Messaging.Embedded;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>A session against a broker that misbehaves on command.</summary>
public sealed class MqttSessionFaultTests : IAsyncLifetime
{
    private EmbeddedMqttBroker _broker = null!;
    private MqttHarness _harness = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _broker = await EmbeddedMqttBroker.StartAsync();
        _harness = new MqttHarness(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x87)]
    [InlineData(0x97)]
    public async Task PublishAsync_AnsweredWithAnError_ThrowsItsReasonCode(int reasonCode)
    {
        var sender = await _harness.Probe("sender").StartAsync();
        _broker.RefusePublish("sender", reasonCode);
        var refused = await Should.ThrowAsync<MqttPublishRefusedException>(() => sender.PublishAsync("t", "x"));
        refused.ReasonCode.ShouldBe(reasonCode);
        refused.Message.ShouldContain("'t'");

        _broker.RefusePublish("sender", null);
        await sender.PublishAsync("t", "x");
        sender.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task PublishAsync_ToNobody_Succeeds()
    {
        var sender = await _harness.Probe("sender").StartAsync();
        await sender.PublishAsync("nobody/listens", "x"); // PUBACK 0x10 No matching subscribers
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PublishAsync_ConnectionCutOnIt_IsSentAgain(bool afterProcessing)
    {
        var receiver = await _harness.Probe("receiver").StartAsync("t");
        var sender = await _harness.Probe("sender").StartAsync();
        _broker.DisconnectAtNextPublish("sender", afterProcessing);
        await sender.PublishAsync("t", "0");
        await sender.PublishAsync("t", "1");
        await Eventually.HoldsAsync(() => receiver.Texts.Contains("1"));
        receiver.Texts.ShouldBe(afterProcessing ? ["0", "0", "1"] : ["0", "1"]);
    }

    [Fact]
    public async Task PublishAsync_CallerGivesUpBeforeThePubAck_LeavesTheSessionUsable()
    {
        var sender = await _harness.Probe("sender").StartAsync();
        _broker.DelayPublish("sender", TimeSpan.FromMilliseconds(500));
        using var givesUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(() => sender.Session.PublishAsync(MqttHarness.Text("t", "x"), givesUp.Token));
        _broker.DelayPublish("sender", TimeSpan.Zero);
        await sender.PublishAsync("t", "y");
        sender.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task PublishAsync_ToAFullBacklog_IsRefusedAndNothingIsDropped()
    {
        _broker.BacklogLimit = 10;
        var receiver = await _harness.Probe("receiver", o => o.ReceiveMaximum = 2).StartAsync("t", acknowledge: false);
        var sender = await _harness.Probe("sender").StartAsync();
        var taken = 0;
        var refused = await Should.ThrowAsync<MqttPublishRefusedException>(async () =>
        {
            for (; taken < 100; taken++)
            {
                await sender.PublishAsync("t", $"{taken}");
            }
        });
        refused.ReasonCode.ShouldBe(0x97);
        taken.ShouldBe(12);
        await sender.PublishAsync("other", "for somebody else");
        for (var i = 0; i < taken; i++)
        {
            await receiver.ReceivedAsync(i + 1);
            receiver.Deliveries[i].Acknowledge();
        }

        receiver.Texts.ShouldBe(Enumerable.Range(0, taken).Select(i => $"{i}"));
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await sender.PublishAsync("t", "more");
                return true;
            }
            catch (MqttPublishRefusedException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Connect_Refused_IsTriedAgainUntilAccepted()
    {
        _broker.RefuseConnect("agent", 0x87);
        var probe = _harness.Probe("agent");
        var starting = probe.StartAsync();
        await Eventually.HoldsAsync(() => _harness.Proxy.Connections.Count >= 3);
        starting.IsCompleted.ShouldBeFalse();
        _broker.RefuseConnect("agent", null);
        await starting;
        probe.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task Disconnect_ServerMoved_IsNotTriedAgain()
    {
        var probe = await _harness.Probe("agent").StartAsync();
        await _broker.DisconnectAsync("agent", 0x9D);
        await probe.HappenedAsync(MqttSessionEventKind.Moved);
        await Task.Delay(TimeSpan.FromSeconds(1), Stop);
        _harness.Proxy.Connections.Count.ShouldBe(1);
        probe.Events.ShouldBe([MqttSessionEventKind.Connected, MqttSessionEventKind.Moved]);
    }

    [Theory]
    [InlineData(0x89)]
    [InlineData(0x8B)]
    [InlineData(0x97)]
    [InlineData(0x98)]
    public async Task Disconnect_ForAPassingReason_IsTriedAgain(int reasonCode)
    {
        var probe = await _harness.Probe("agent").StartAsync("t");
        await _broker.DisconnectAsync("agent", reasonCode);
        await probe.HappenedAsync(MqttSessionEventKind.Connected, 2);
        probe.Events.ShouldBe([MqttSessionEventKind.Connected, MqttSessionEventKind.Disconnected, MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task StateChanged_ListenerThrows_TheSessionGoesOn()
    {
        var probe = _harness.Probe("agent");
        probe.Session.StateChanged += _ => throw new InvalidOperationException("a listener's defect");
        await probe.StartAsync();
        _harness.Proxy.Cut();
        await probe.HappenedAsync(MqttSessionEventKind.Connected, 2);
    }

    [Fact]
    public async Task DisposeAsync_WhileConnecting_Ends()
    {
        _harness.Proxy.Refuses = true;
        var probe = _harness.Probe("agent");
        var starting = probe.StartAsync();
        await probe.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => starting);
        await Should.ThrowAsync<ObjectDisposedException>(() => probe.PublishAsync("t", "x"));
    }
}
