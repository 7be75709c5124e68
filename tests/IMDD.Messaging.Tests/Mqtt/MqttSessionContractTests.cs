using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>What a session promises over any broker; run over each that we support.</summary>
public abstract class MqttSessionContractTests : IAsyncLifetime
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);
    private MqttHarness _harness = null!;

    private protected MqttHarness Harness => _harness;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract Task<int> StartBrokerAsync();

    protected abstract ValueTask StopBrokerAsync();

    /// <summary>Makes the broker forget the session.</summary>
    protected abstract Task LoseSessionAsync(string clientId);

    /// <summary>Whether the broker sends DISCONNECT with 0x8E.</summary>
    protected virtual bool SaysTakenOver => true;

    public async ValueTask InitializeAsync() => _harness = new MqttHarness(await StartBrokerAsync());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }

        await StopBrokerAsync();
    }

    [Fact]
    public async Task PublishAsync_WithEveryProperty_ArrivesAsItWasSent()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t/+");
        var sender = await Harness.Probe("sender").StartAsync();
        var sent = new MqttOutgoing
        {
            Topic = "t/a",
            Payload = RandomNumberGenerator.GetBytes(70_000),
            ContentType = "image/jpeg",
            UserProperties = [new("specversion", "1.0"), new("name", "Öse"), new("name", "again"), new("empty", "")],
            ResponseTopic = "r/1",
            CorrelationData = new byte[] { 1, 2, 3 },
            Expiry = TimeSpan.FromMinutes(5),
        };
        await sender.Session.PublishAsync(sent, Stop);
        await receiver.ReceivedAsync(1);

        var message = receiver.Deliveries[0].Message;
        message.Topic.ShouldBe("t/a");
        message.Payload.ToArray().ShouldBe(sent.Payload.ToArray());
        message.ContentType.ShouldBe("image/jpeg");
        message.UserProperties.ShouldBe(sent.UserProperties);
        message.ResponseTopic.ShouldBe("r/1");
        message.CorrelationData.ToArray().ShouldBe([1, 2, 3]);
        message.Retain.ShouldBeFalse();
        message.Duplicate.ShouldBeFalse();
        message.ReceivedTimestamp.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Acknowledge_NotCalledBeforeTheConnectionIsLost_DeliversAgain()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        await receiver.ReceivedAsync(5);
        receiver.Deliveries[0].Acknowledge();
        receiver.Deliveries[1].Acknowledge();
        await Eventually.HoldsAsync(() => Wire.PubAcks(Harness.Proxy.Connections[0].Sent).Count == 2);
        await Task.Delay(Quiet, Stop); // the broker has read them
        Harness.Proxy.Cut();

        await receiver.ReceivedAsync(8);
        receiver.Texts.ShouldBe(["0", "1", "2", "3", "4", "2", "3", "4"]);
        receiver.Events.ShouldNotContain(MqttSessionEventKind.SessionLost);
    }

    [Fact]
    public async Task Acknowledge_OfAnOldConnection_DoesNothing()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("t", "0");
        await sender.PublishAsync("t", "1");
        await receiver.ReceivedAsync(2);
        Harness.Proxy.Cut();
        await receiver.ReceivedAsync(4);

        receiver.Deliveries[0].Acknowledge();
        receiver.Deliveries[1].Acknowledge();
        await Task.Delay(Quiet, Stop);
        Harness.Proxy.Connections.ShouldAllBe(c => Wire.PubAcks(c.Sent).Count == 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Acknowledge_InAnyOrder_IsSentInTheOrderOfReceipt(int seed)
    {
        const int Count = 16;
        var receiver = await Harness.Probe("receiver", o => o.ReceiveMaximum = Count).StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < Count; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        await receiver.ReceivedAsync(Count);
        var deliveries = receiver.Deliveries.ToArray();
        var random = new Random(seed);
        var order = Enumerable.Range(0, Count).ToArray();
        random.Shuffle(order);
        var acknowledged = new SortedSet<int>();
        foreach (var index in order)
        {
            deliveries[index].Acknowledge();
            acknowledged.Add(index);
            var due = Enumerable.Range(0, Count).TakeWhile(acknowledged.Contains).Count();
            await Eventually.HoldsAsync(() => Acknowledged().Count == due);
        }

        // mosquitto and MQTTnet number the messages of a session as they send them.
        Acknowledged().ShouldBe(Acknowledged().Order());
        Acknowledged().Distinct().Count().ShouldBe(Count);

        IReadOnlyList<int> Acknowledged() => Wire.PubAcks(Harness.Proxy.Connections[0].Sent);
    }

    [Fact]
    public async Task Receive_WithReceiveMaximum_HasAtMostThatManyUnderWay()
    {
        var receiver = await Harness.Probe("receiver", o => o.ReceiveMaximum = 4).StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        for (var acknowledged = 0; acknowledged < 16; acknowledged++)
        {
            await receiver.ReceivedAsync(acknowledged + 4);
            if (acknowledged % 8 == 0)
            {
                await Task.Delay(Quiet, Stop);

                // One more where the broker does not keep to it and the session stops reading.
                receiver.Deliveries.Count.ShouldBeInRange(acknowledged + 4, acknowledged + 5);
            }

            receiver.Deliveries[acknowledged].Acknowledge();
        }

        await receiver.ReceivedAsync(20);
        receiver.Texts.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Handler_ThatWaits_HoldsBackTheNextMessage()
    {
        var probe = Harness.Probe("receiver");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        await probe.Session.SubscribeAsync("t", async (delivery, stopping) =>
        {
            Interlocked.Increment(ref begun);
            await release.Task.WaitAsync(stopping);
            delivery.Acknowledge();
        }, Stop);
        await probe.StartAsync();
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("t", "0");
        await sender.PublishAsync("t", "1");
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 1);
        await Task.Delay(Quiet, Stop);
        Volatile.Read(ref begun).ShouldBe(1);
        probe.Session.IsConnected.ShouldBeTrue();

        release.SetResult();
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 2);
    }

    [Fact]
    public async Task Handler_ThatThrows_LosesThatMessageOnly()
    {
        var probe = Harness.Probe("receiver", o => o.ReceiveMaximum = 1);
        var handled = new ConcurrentQueue<string>();
        await probe.Session.SubscribeAsync("t", (delivery, _) =>
        {
            var text = System.Text.Encoding.UTF8.GetString(delivery.Message.Payload.Span);
            if (text == "poison")
            {
                throw new InvalidOperationException(text);
            }

            handled.Enqueue(text);
            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        }, Stop);
        await probe.StartAsync();
        var sender = await Harness.Probe("sender").StartAsync();
        foreach (var text in new[] { "0", "poison", "1" })
        {
            await sender.PublishAsync("t", text);
        }

        await Eventually.HoldsAsync(() => handled.Count == 2);
        handled.ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task Payloads_HeldUnacknowledged_StayAsTheyWere()
    {
        const int Count = 60;
        var receiver = await Harness.Probe("receiver", o => o.ReceiveMaximum = Count).StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        var random = new Random(7);
        var digests = new List<byte[]>();
        for (var i = 0; i < Count; i++)
        {
            var payload = new byte[random.Next(1, 200_000)];
            random.NextBytes(payload);
            digests.Add(SHA256.HashData(payload));
            await sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = payload }, Stop);
        }

        await receiver.ReceivedAsync(Count);
        receiver.Deliveries.Select(d => SHA256.HashData(d.Message.Payload.Span)).ShouldBe(digests);
    }

    [Fact]
    public async Task Payload_AfterItsAcknowledgement_IsNotReadable()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = new byte[100_000] }, Stop);
        await receiver.ReceivedAsync(1);

        var delivery = receiver.Deliveries[0];
        delivery.Acknowledge();
        Should.Throw<ObjectDisposedException>(() => delivery.Message.Payload.Span.Length);
    }

    [Fact]
    public async Task Payloads_AcknowledgedTwiceAmongOthersHeld_TakeNoMemoryFromThem()
    {
        const int Count = 40;
        const int Size = 100_000;
        var receiver = await Harness.Probe("receiver", o => o.ReceiveMaximum = Count).StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < Count; i++)
        {
            await SendAsync(i);
        }

        await receiver.ReceivedAsync(Count);
        for (var i = 0; i < Count; i += 2)
        {
            receiver.Deliveries[i].Acknowledge();
            receiver.Deliveries[i].Acknowledge();
        }

        // Only the first is acknowledged to the broker: the others wait behind the second. So it sends one more, into memory given back.
        await SendAsync(Count);
        await receiver.ReceivedAsync(Count + 1);
        var held = Enumerable.Range(0, receiver.Deliveries.Count).Where(i => i >= Count || i % 2 == 1);
        held.ShouldAllBe(i => receiver.Deliveries[i].Message.Payload.ToArray().All(b => b == i));

        Task SendAsync(int number)
        {
            var payload = new byte[Size];
            Array.Fill(payload, (byte)number);
            return sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = payload }, Stop);
        }
    }

    [Fact]
    public async Task Payload_OfALostConnection_StaysUntilItIsAcknowledged()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        var payload = RandomNumberGenerator.GetBytes(100_000);
        await sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = payload }, Stop);
        await receiver.ReceivedAsync(1);
        Harness.Proxy.Cut();
        await receiver.ReceivedAsync(2);

        receiver.Deliveries[1].Acknowledge();
        receiver.Deliveries[0].Message.Payload.ToArray().ShouldBe(payload);
    }

    [Fact]
    public async Task PublishAsync_WhileConnectionsAreCut_DeliversEverything()
    {
        const int Count = 300;
        var receiver = await Harness.Probe("receiver").StartAsync("t");
        var sender = await Harness.Probe("sender").StartAsync();
        var random = new Random(11);
        var publishing = Enumerable.Range(0, Count).Select(i => sender.PublishAsync("t", $"{i}")).ToArray();
        for (var cut = 0; cut < 4; cut++)
        {
            await Task.Delay(random.Next(5, 300), Stop);
            Harness.Proxy.Cut();
        }

        await Task.WhenAll(publishing);
        await Eventually.HoldsAsync(() => receiver.Texts.Distinct().Count() == Count);
        receiver.Events.ShouldNotContain(MqttSessionEventKind.SessionLost);
    }

    [Fact]
    public async Task PublishAsync_WhileDisconnected_WaitsAndHonoursItsToken()
    {
        var sender = await Harness.Probe("sender").StartAsync();
        var receiver = await Harness.Probe("receiver").StartAsync("t");
        Harness.Proxy.Refuses = true;
        Harness.Proxy.Cut();
        await sender.HappenedAsync(MqttSessionEventKind.Disconnected);
        sender.Session.IsConnected.ShouldBeFalse();
        using var givesUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => sender.Session.PublishAsync(MqttHarness.Text("t", "never"), givesUp.Token));
        var waiting = sender.PublishAsync("t", "0");
        waiting.IsCompleted.ShouldBeFalse();

        Harness.Proxy.Refuses = false;
        await waiting;
        await receiver.ReceivedAsync(1);
        receiver.Texts.ShouldBe(["0"]);
    }

    [Fact]
    public async Task PublishAsync_AfterAReconnectThatNobodyWaitedFor_IsSent()
    {
        // Nothing asks for a connection while there is none: a camera that is still between two shifts.
        var receiver = await Harness.Probe("receiver").StartAsync("t");
        var sender = await Harness.Probe("sender").StartAsync();
        for (var reconnects = 1; reconnects <= 2; reconnects++)
        {
            Harness.Proxy.Cut();
            await sender.HappenedAsync(MqttSessionEventKind.Connected, 1 + reconnects);
            await receiver.HappenedAsync(MqttSessionEventKind.Connected, 1 + reconnects);
            var text = $"{reconnects}";
            await sender.PublishAsync("t", text).WaitAsync(TimeSpan.FromSeconds(20), Stop);
            await Eventually.HoldsAsync(() => receiver.Texts.Contains(text));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("t/#")]
    [InlineData("t/+/x")]
    public async Task PublishAsync_ToWhatIsNoTopic_Throws(string topic)
    {
        var sender = await Harness.Probe("sender").StartAsync();
        await Should.ThrowAsync<ArgumentException>(() => sender.PublishAsync(topic, "x"));
    }

    [Fact]
    public async Task StartAsync_BeforeTheBrokerAnswers_WaitsForIt()
    {
        Harness.Proxy.Refuses = true;
        var probe = Harness.Probe("receiver");
        using (var givesUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(300)))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => probe.Session.StartAsync(givesUp.Token));
        }

        var starting = probe.StartAsync();
        Harness.Proxy.Refuses = false;
        await starting;
        probe.Session.IsConnected.ShouldBeTrue();
        probe.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task Reconnect_AlwaysKeepsTheSession()
    {
        var probe = await Harness.Probe("receiver", o => o.CleanStart = true).StartAsync("t");
        Harness.Proxy.Cut();
        await probe.HappenedAsync(MqttSessionEventKind.Connected, 2);
        Harness.Proxy.Connections.Select(c => Wire.CleanStart(c.Sent)).ShouldBe([true, false]);
        probe.Events.ShouldBe([MqttSessionEventKind.Connected, MqttSessionEventKind.Disconnected, MqttSessionEventKind.Connected]);

        var other = await Harness.Probe("other").StartAsync();
        other.Session.IsConnected.ShouldBeTrue();
        Wire.CleanStart(Harness.Proxy.Connections[^1].Sent).ShouldBeFalse();
    }

    [Fact]
    public async Task Restart_OfTheClient_ReceivesWhatWaited()
    {
        var first = await Harness.Probe("receiver").StartAsync("t", acknowledge: false);
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("t", "0");
        await first.ReceivedAsync(1);
        await first.DisposeAsync();
        await sender.PublishAsync("t", "1");

        var second = await Harness.Probe("receiver").StartAsync("t");
        await second.ReceivedAsync(2);
        second.Texts.ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task DisposeAsync_SendsTheAcknowledgementsGiven()
    {
        var first = await Harness.Probe("receiver").StartAsync("t");
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < 10; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        await first.ReceivedAsync(10);
        await first.DisposeAsync();
        var second = await Harness.Probe("receiver").StartAsync("t");
        await sender.PublishAsync("t", "last");
        await second.ReceivedAsync(1);
        second.Texts.ShouldBe(["last"]);
    }

    [Fact]
    public async Task SessionLost_AtTheBroker_IsSaidAndSubscribedAgain()
    {
        var receiver = await Harness.Probe("receiver").StartAsync("t");
        await LoseSessionAsync("receiver");
        await receiver.HappenedAsync(MqttSessionEventKind.Connected, 2);
        receiver.Events.ShouldBe(
            [MqttSessionEventKind.Connected, MqttSessionEventKind.Disconnected, MqttSessionEventKind.SessionLost, MqttSessionEventKind.Connected]);

        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("t", "0");
        await receiver.ReceivedAsync(1);
    }

    [Fact]
    public async Task TakenOver_ByAnotherClient_EndsThereWithoutFlapping()
    {
        if (!SaysTakenOver)
        {
            await FightSlowlyAsync();
            return;
        }

        var first = await Harness.Probe("agent").StartAsync("t");
        var second = await Harness.Probe("agent").StartAsync("t");
        await first.HappenedAsync(MqttSessionEventKind.TakenOver);
        await Task.Delay(TimeSpan.FromSeconds(2), Stop); // longer than several waits
        Harness.Proxy.Connections.Count.ShouldBe(2);
        first.Session.IsConnected.ShouldBeFalse();
        first.Events.ShouldBe([MqttSessionEventKind.Connected, MqttSessionEventKind.TakenOver]);
        second.Events.ShouldBe([MqttSessionEventKind.Connected]);

        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("t", "0");
        await second.ReceivedAsync(1);
        first.Deliveries.ShouldBeEmpty();
    }

    // A broker that does not say why cannot be told from a bad network: both sides go on, ever more slowly, and nothing is lost.
    private async Task FightSlowlyAsync()
    {
        static void Slow(MqttSessionOptions options) => options.MaximumReconnectDelay = TimeSpan.FromSeconds(30);

        var first = await Harness.Probe("agent", Slow).StartAsync("t");
        var second = await Harness.Probe("agent", Slow).StartAsync("t");
        await Task.Delay(TimeSpan.FromSeconds(5), Stop);
        Harness.Proxy.Connections.Count.ShouldBeLessThan(16);
        var sender = await Harness.Probe("sender").StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        await Eventually.HoldsAsync(() => first.Texts.Concat(second.Texts).Distinct().Count() == 20);
    }

    [Fact]
    public async Task Will_IsAskedForBeforeEachConnectAndSentWhenCut()
    {
        var sequence = 0;
        var watcher = await Harness.Probe("watcher").StartAsync("state/#");
        var watched = await Harness.Probe("agent", null, () => new MqttOutgoing
        {
            Topic = "state/agent",
            Payload = System.Text.Encoding.UTF8.GetBytes($"died {++sequence}"),
            ContentType = "application/json",
            IsText = true,
            UserProperties = [new("type", "dead")],
            Retain = true,
        }).StartAsync();
        await Harness.Proxy.CutAsync(1);
        await watched.HappenedAsync(MqttSessionEventKind.Connected, 2);
        await watcher.ReceivedAsync(1);
        var will = watcher.Deliveries[0].Message;
        System.Text.Encoding.UTF8.GetString(will.Payload.Span).ShouldBe("died 1");
        will.ContentType.ShouldBe("application/json");
        will.UserProperties.ShouldBe([new("type", "dead")]);
        sequence.ShouldBe(2);

        await watched.DisposeAsync();
        await Task.Delay(Quiet, Stop);
        watcher.Deliveries.Count.ShouldBe(1); // a clean end has no will
    }

    [Fact]
    public async Task Subscribe_ToARetainedTopic_ReceivesItOncePerProcess()
    {
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.Session.PublishAsync(MqttHarness.Text("state", "a") with { Retain = true }, Stop);
        var first = await Harness.Probe("receiver").StartAsync("state");
        await first.ReceivedAsync(1);
        first.Deliveries[0].Message.Retain.ShouldBeTrue();

        // What the broker has no PUBACK for it rightly sends again: the cut comes after it.
        await first.Session.PublishAsync(MqttHarness.Text("elsewhere", "b"), Stop);
        await Task.Delay(Quiet, Stop);
        Harness.Proxy.Cut();
        await first.HappenedAsync(MqttSessionEventKind.Connected, 2);
        await Task.Delay(Quiet, Stop);
        first.Texts.ShouldBe(["a"]);
        await first.DisposeAsync();

        var second = await Harness.Probe("receiver").StartAsync("state");
        await second.ReceivedAsync(1);
        second.Texts.ShouldBe(["a"]);
    }

    [Fact]
    public async Task SubscribeAsync_AfterStart_TakesEffectAndSurvivesReconnects()
    {
        var receiver = await Harness.Probe("receiver").StartAsync();
        await receiver.StartAsync("late/+");
        await Should.ThrowAsync<ArgumentException>(() => receiver.StartAsync("late/+"));
        var sender = await Harness.Probe("sender").StartAsync();
        await sender.PublishAsync("late/a", "0");
        await receiver.ReceivedAsync(1);
        await LoseSessionAsync("receiver");
        await receiver.HappenedAsync(MqttSessionEventKind.Connected, 2);
        await sender.PublishAsync("late/b", "1");
        await receiver.ReceivedAsync(2);
    }

    [Fact]
    public async Task Frames_OfHalfAMegabyte_FlowWithoutTheSmallBufferTrap()
    {
        const int Count = 120;
        var receiver = await Harness.Probe("receiver", o => o.Port = Harness.Proxy.TargetPort).StartAsync("t");
        var sender = await Harness.Probe("sender", o => o.Port = Harness.Proxy.TargetPort).StartAsync();
        var payload = RandomNumberGenerator.GetBytes(512 << 10);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (_, stopping) =>
            await sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = payload }, stopping));
        await receiver.ReceivedAsync(Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count / watch.Elapsed.TotalSeconds:F0} messages/s");

        // Hundreds per second on an idle machine; with the library's default buffer it takes minutes.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
    }
}
