using System.Text;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>What needs a real broker: its death, its limits, its tools as independent clients, TLS.</summary>
public sealed class MosquittoTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PublishAsync_BrokerKilledAgainAndAgain_DeliversEverythingAcknowledged()
    {
        const int Count = 400;
        await using var broker = await StartAsync();
        await using var harness = new MqttHarness(broker.Port);
        var receiver = await harness.Probe("receiver").StartAsync("t");
        var sender = await harness.Probe("sender").StartAsync();
        var acknowledged = 0;
        var publishing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Count; i++)
                {
                    await sender.PublishAsync("t", $"{i}");
                    Interlocked.Increment(ref acknowledged);
                    await Task.Delay(5, Stop);
                }
            },
            Stop);
        foreach (var at in new[] { 80, 160, 240 })
        {
            await Eventually.HoldsAsync(() => Volatile.Read(ref acknowledged) >= at);
            await broker.KillAsync();
            await broker.RestartAsync();
        }

        await publishing;

        // mosquitto saves a moment after the PUBACK, so each kill may take what it acknowledged in that instant, and no more.
        const int LossPerKill = 2;
        await Eventually.HoldsAsync(() => receiver.Texts.Contains($"{Count - 1}"));
        Enumerable.Range(0, Count).Select(i => $"{i}").Except(receiver.Texts).Count().ShouldBeLessThanOrEqualTo(3 * LossPerKill);
        receiver.Events.ShouldNotContain(MqttSessionEventKind.SessionLost);
    }

    [Fact]
    public async Task Redelivery_BrokerKilledAfterItsSave_SurvivesOnDisk()
    {
        const int Count = 100;
        await using var broker = await StartAsync();
        await using var harness = new MqttHarness(broker.Port);
        var receiver = await harness.Probe("receiver").StartAsync("t", acknowledge: false);
        await receiver.DisposeAsync();
        var sender = await harness.Probe("sender").StartAsync();
        for (var i = 0; i < Count; i++)
        {
            await sender.PublishAsync("t", $"{i}");
        }

        await Task.Delay(TimeSpan.FromSeconds(2.5), Stop); // autosave_interval 1
        await broker.KillAsync();
        await broker.RestartAsync();
        var again = await harness.Probe("receiver").StartAsync("t");
        await again.ReceivedAsync(Count);
        again.Texts.ShouldBe(Enumerable.Range(0, Count).Select(i => $"{i}"));
    }

    [Fact]
    public async Task PublishAsync_IsReadByAnIndependentClient()
    {
        await using var broker = await StartAsync();
        await using var harness = new MqttHarness(broker.Port);
        var executable = ToolRequirement.Find("mosquitto_sub", "apt-get install -y mosquitto-clients", out var reason);
        Assert.SkipWhen(executable is null, reason);
        await using var subscriber = new ToolProcess(
            executable, ["-p", $"{broker.Port}", "-V", "5", "-i", "independent", "-c", "-x", "60", "-q", "1", "-t", "t/#", "-F", "%t|%q|%r|%C|%F|%R|%D|%P|%p"]);
        var sender = await harness.Probe("sender").StartAsync();
        await Eventually.HoldsAsync(async () =>
        {
            await sender.PublishAsync("t/probe", "ready?");
            return subscriber.Output.Length > 0;
        });
        await sender.Session.PublishAsync(
            new MqttOutgoing
            {
                Topic = "t/a",
                Payload = Encoding.UTF8.GetBytes("{}"),
                IsText = true,
                ContentType = "application/json",
                UserProperties = [new("specversion", "1.0"), new("id", "boot-7")],
                ResponseTopic = "clients/x",
                CorrelationData = "corr"u8.ToArray(),
            },
            Stop);
        await Eventually.HoldsAsync(() => subscriber.Output.Contains("t/a|", StringComparison.Ordinal));
        subscriber.Output.ShouldContain("t/a|1|0|application/json|1|clients/x|corr|specversion:1.0 id:boot-7|{}");
    }

    [Fact]
    public async Task Receive_FromAnIndependentClient_KeepsEveryProperty()
    {
        await using var broker = await StartAsync();
        await using var harness = new MqttHarness(broker.Port);
        var executable = ToolRequirement.Find("mosquitto_pub", "apt-get install -y mosquitto-clients", out var reason);
        Assert.SkipWhen(executable is null, reason);
        var receiver = await harness.Probe("receiver").StartAsync("t");
        await using var publisher = new ToolProcess(
            executable,
            [
                "-p", $"{broker.Port}", "-V", "5", "-q", "1", "-t", "t", "-m", "payload",
                "-D", "publish", "content-type", "image/png",
                "-D", "publish", "user-property", "id", "17",
                "-D", "publish", "user-property", "id", "18",
                "-D", "publish", "response-topic", "r",
                "-D", "publish", "correlation-data", "c",
            ]);
        (await publisher.WaitAsync()).ShouldBe(0, publisher.Output);
        await receiver.ReceivedAsync(1);
        var message = receiver.Deliveries[0].Message;
        message.ContentType.ShouldBe("image/png");
        message.UserProperties.ShouldBe([new("id", "17"), new("id", "18")]);
        message.ResponseTopic.ShouldBe("r");
        message.CorrelationData.ToArray().ShouldBe("c"u8.ToArray());
    }

    [Fact]
    public async Task PublishAsync_LargerThanTheBrokerTakes_IsRefusedAtOnce()
    {
        await using var broker = await StartAsync("message_size_limit 100000\nallow_anonymous true");
        await using var harness = new MqttHarness(broker.Port);
        var sender = await harness.Probe("sender").StartAsync();
        var refused = await Should.ThrowAsync<MqttPublishRefusedException>(
            () => sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = new byte[100_001] }, Stop));
        refused.ReasonCode.ShouldBe(0x95);
        await sender.PublishAsync("t", "small");
        sender.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task PublishAsync_LargerThanTheBrokersPacketSize_IsRefusedBeforeItIsSent()
    {
        await using var broker = await StartAsync("max_packet_size 100000\nallow_anonymous true");
        await using var harness = new MqttHarness(broker.Port);
        var sender = await harness.Probe("sender").StartAsync();
        (await Should.ThrowAsync<MqttPublishRefusedException>(
            () => sender.Session.PublishAsync(new MqttOutgoing { Topic = "t", Payload = new byte[100_001] }, Stop))).ReasonCode.ShouldBe(0x95);
        harness.Proxy.Connections[0].Sent.Length.ShouldBeLessThan(1000);
        sender.Events.ShouldBe([MqttSessionEventKind.Connected]);
    }

    [Fact]
    public async Task PublishAsync_ManyAtOnce_KeepsToTheBrokersReceiveMaximum()
    {
        await using var broker = await StartAsync("max_inflight_messages 2\nallow_anonymous true");
        await using var harness = new MqttHarness(broker.Port);
        var receiver = await harness.Probe("receiver").StartAsync("t");
        var sender = await harness.Probe("sender").StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => sender.PublishAsync("t", $"{i}")));
        await receiver.ReceivedAsync(200);
        sender.Events.ShouldBe([MqttSessionEventKind.Connected]);
        receiver.Texts.Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task Tls_ServerOfAnotherAuthorityOrName_IsNotTrusted()
    {
        using var folder = new TestDirectory();
        using var authority = new TestCertificates(folder.Path);
        using var other = new TestCertificates(folder.Path, "other");
        var (certificate, key) = authority.IssueServer("localhost");
        await using var broker = await StartTlsAsync(authority.AuthorityFile, certificate, key, "");
        await using var harness = new MqttHarness(broker.Port);

        var trusting = await harness.Probe("a", Tls(authority.AuthorityFile)).StartAsync("t");
        await trusting.PublishAsync("t", "x");
        await trusting.ReceivedAsync(1);

        var probes = new[]
        {
            harness.Probe("b", Tls(other.AuthorityFile)),
            harness.Probe("c", o => { Tls(authority.AuthorityFile)(o); o.Host = "127.0.0.2"; }),
            harness.Probe("d", o => o.UseTls = true),
            harness.Probe("e"),
        };
        using var givesUp = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Task.WhenAll(probes.Select(p => Should.ThrowAsync<OperationCanceledException>(() => p.Session.StartAsync(givesUp.Token))));
        probes.ShouldAllBe(p => p.Events.Count == 0);
    }

    [Fact]
    public async Task Tls_RotatedClientCertificate_IsUsedAtTheNextConnect()
    {
        using var folder = new TestDirectory();
        using var authority = new TestCertificates(folder.Path);
        var (certificate, key) = authority.IssueServer("localhost");
        var old = authority.IssueClient("old");
        var rotated = authority.IssueClient("new");
        await using var broker = await StartTlsAsync(authority.AuthorityFile, certificate, key, "require_certificate true\nuse_identity_as_username true");
        await using var harness = new MqttHarness(broker.Port);
        var files = (Certificate: folder.File("client.pem"), Key: folder.File("client.key"));
        Use(old);
        var probe = await harness.Probe("agent", o =>
        {
            Tls(authority.AuthorityFile)(o);
            o.CertificateFile = files.Certificate;
            o.KeyFile = files.Key;
        }).StartAsync();
        broker.Output.ShouldContain("u'old'");

        Use(rotated);
        harness.Proxy.Cut();
        await probe.HappenedAsync(MqttSessionEventKind.Connected, 2);
        await Eventually.HoldsAsync(() => broker.Output.Contains("u'new'", StringComparison.Ordinal));

        void Use((string CertificateFile, string KeyFile) source)
        {
            File.Copy(source.CertificateFile, files.Certificate, overwrite: true);
            File.Copy(source.KeyFile, files.Key, overwrite: true);
        }
    }

    private static Action<MqttSessionOptions> Tls(string authorityFile) => options =>
    {
        options.UseTls = true;
        options.CaFile = authorityFile;
    };

    private static Task<MosquittoBroker> StartAsync(string settings = MosquittoBroker.Durable)
    {
        Assert.SkipWhen(MosquittoBroker.Find(out var reason) is null, reason);
        return MosquittoBroker.StartAsync(settings);
    }

    private static Task<MosquittoBroker> StartTlsAsync(string authority, string certificate, string key, string more) =>
        StartAsync($"cafile {authority}\ncertfile {certificate}\nkeyfile {key}\nallow_anonymous true\n{more}");
}
