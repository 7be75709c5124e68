using System.Text;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Mqtt;

/// <summary>The broker configuration, ACL and certificates of <c>infra/</c>, against our own session.</summary>
public sealed class ShippedBrokerTests
{
    private const string Cell = "acme/ulm/paint/line2/cell3";
    private const string OtherCell = "acme/ulm/paint/line2/cell4";
    private static readonly string[] Agent = ["agent", "cell3-box7", Cell, "box7"];
    private static readonly string[] Cameras = ["camera", "cell3-cameras", Cell];

    private static CameraPath Camera(string cell) => CameraPath.Parse($"{cell}/cam1");

    [Fact]
    public async Task Acl_CameraOfTheCell_ReachesTheAgentAndHearsTheOutcome()
    {
        await using var broker = await StartOrSkipAsync();
        await using MqttHarness harness = new(broker.Process.Port);
        var agent = await harness.Probe("agent", As(broker, "cell3-box7")).StartAsync(MqttTopics.CellFilter(AssetPath.Parse(Cell), "frame"));
        var camera = await harness.Probe("camera", As(broker, "cell3-cameras")).StartAsync(MqttTopics.Outcome(Camera(Cell)));

        await camera.PublishAsync(MqttTopics.Frame(Camera(Cell)), "frame");
        await agent.ReceivedAsync(1);
        await agent.PublishAsync(MqttTopics.Outcome(Camera(Cell)), "outcome");
        await camera.ReceivedAsync(1);

        camera.Texts.ShouldBe(["outcome"]);
    }

    [Fact]
    public async Task Acl_PublicationNotListed_IsRefused()
    {
        (string CommonName, string Topic)[] forbidden =
        [
            ("cell3-cameras", $"imdd/v1/{OtherCell}/frame/cam1"),
            ("cell3-cameras", $"imdd/v1/{Cell}/outcome/cam1"),
            ("cell3-cameras", $"imdd/v1/{Cell}/state/agent/box7"),
            ("cell3-box7", $"imdd/v1/{Cell}/frame/cam1"),
            ("cell3-box7", $"imdd/v1/{OtherCell}/outcome/cam1"),
            ("cell3-box7", $"imdd/v1/{Cell}/state/agent/box8"),
            ("cell3-box7", $"imdd/v1/{Cell}/desired/box7"),
            ("dashboard", $"imdd/v1/{Cell}/outcome/cam1"),
            ("a-stranger", $"imdd/v1/{Cell}/frame/cam1"),
        ];
        await using var broker = await StartOrSkipAsync();
        await broker.IssueAsync("dashboard");
        await broker.IssueAsync("a-stranger");
        await using MqttHarness harness = new(broker.Process.Port);

        foreach (var client in forbidden.GroupBy(pair => pair.CommonName))
        {
            var probe = await harness.Probe(client.Key, As(broker, client.Key)).StartAsync();
            foreach (var (commonName, topic) in client)
            {
                var refused = await Should.ThrowAsync<MqttPublishRefusedException>(() => probe.PublishAsync(topic, "x"), $"{commonName} to {topic}");
                refused.ReasonCode.ShouldBe(0x87, "not authorized");
            }
        }
    }

    [Fact]
    public async Task Acl_SubscriptionToAnotherCell_DeliversNothing()
    {
        await using var broker = await StartOrSkipAsync(["agent", "cell4-box1", OtherCell, "box1"], ["camera", "cell4-cameras", OtherCell]);
        await using MqttHarness harness = new(broker.Process.Port);
        var spy = await harness.Probe("spy", As(broker, "cell3-box7")).StartAsync("imdd/v1/#");
        var rightful = await harness.Probe("agent4", As(broker, "cell4-box1")).StartAsync(MqttTopics.CellFilter(AssetPath.Parse(OtherCell), "frame"));
        var camera4 = await harness.Probe("camera4", As(broker, "cell4-cameras")).StartAsync();
        var camera3 = await harness.Probe("camera3", As(broker, "cell3-cameras")).StartAsync();

        await camera4.PublishAsync(MqttTopics.Frame(Camera(OtherCell)), "not for the spy");
        await rightful.ReceivedAsync(1);
        await camera3.PublishAsync(MqttTopics.Frame(Camera(Cell)), "its own");
        await spy.ReceivedAsync(1);

        spy.Texts.ShouldBe(["its own"]);
    }

    [Fact]
    public async Task Listener_NoCertificateOrAStrangersOrNoTls_IsRefused()
    {
        await using var broker = await StartOrSkipAsync();
        await using var stranger = await ShippedBroker.StartAsync(Agent);
        await using MqttHarness harness = new(broker.Process.Port);
        Action<MqttSessionOptions>[] attempts =
        [
            options => (options.UseTls, options.CaFile) = (true, broker.Authority),
            options => (options.UseTls, options.CaFile, options.CertificateFile, options.KeyFile) =
                (true, broker.Authority, stranger.Certificate("cell3-box7"), stranger.Key("cell3-box7")),
            _ => { },
        ];

        foreach (var attempt in attempts)
        {
            var before = harness.Probe("client", attempt);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(3));
            await Should.ThrowAsync<OperationCanceledException>(() => before.Session.StartAsync(limit.Token));
            before.Session.IsConnected.ShouldBeFalse();
        }

        (await harness.Probe("agent", As(broker, "cell3-box7")).StartAsync()).Session.IsConnected.ShouldBeTrue("the broker itself is well");
    }

    [Fact]
    public async Task Persistence_BrokerKilled_DeliversWhatItHadAcknowledged()
    {
        const int frames = 50;
        await using var broker = await StartOrSkipAsync();
        await using MqttHarness harness = new(broker.Process.Port);
        var filter = MqttTopics.CellFilter(AssetPath.Parse(Cell), "frame");
        await using (var before = await harness.Probe("agent", As(broker, "cell3-box7")).StartAsync(filter))
        {
            before.Session.IsConnected.ShouldBeTrue();
        }

        var camera = await harness.Probe("camera", As(broker, "cell3-cameras")).StartAsync();
        for (var frame = 0; frame < frames; frame++)
        {
            await camera.PublishAsync(MqttTopics.Frame(Camera(Cell)), $"frame-{frame}-");
        }

        // mosquitto saves a moment after it acknowledges: what it acknowledged in the instant of the kill may be lost, which is why the
        // camera gateway keeps every frame until its outcome returns. With the default settings nothing at all would be there.
        var database = Path.Combine(broker.Process.Directory, "mosquitto.db");
        await Eventually.HoldsAsync(() => File.Exists(database) && File.ReadAllText(database, Encoding.Latin1).Contains($"frame-{frames - 1}-", StringComparison.Ordinal));
        await broker.Process.KillAsync();
        await broker.Process.RestartAsync();
        var after = await harness.Probe("agent", As(broker, "cell3-box7")).StartAsync(filter);
        await after.ReceivedAsync(frames);

        after.Texts.Order().ShouldBe(Enumerable.Range(0, frames).Select(frame => $"frame-{frame}-").Order());
    }

    private static Action<MqttSessionOptions> As(ShippedBroker broker, string commonName) => options =>
    {
        options.UseTls = true;
        options.CaFile = broker.Authority;
        options.CertificateFile = broker.Certificate(commonName);
        options.KeyFile = broker.Key(commonName);
    };

    private static async Task<ShippedBroker> StartOrSkipAsync(params IReadOnlyList<string[]> more)
    {
        Assert.SkipWhen(ShippedBroker.Find(out var reason) is null, reason);
        return await ShippedBroker.StartAsync([Agent, Cameras, .. more]);
    }
}
