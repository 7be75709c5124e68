using CsCheck;
using IMDD.Contracts.Tests.Events;
using IMDD.Contracts.Topics;

namespace IMDD.Contracts.Tests.Topics;

public sealed class MqttTopicsTests
{
    [Theory]
    [InlineData("frame")]
    [InlineData("outcome")]
    [InlineData("balance")]
    public void TryParseCamera_OwnTopic_GivesTheCamera(string kind)
    {
        var topic = kind switch { "frame" => MqttTopics.Frame(Sample.Camera), "outcome" => MqttTopics.Outcome(Sample.Camera), _ => MqttTopics.CameraBalance(Sample.Camera) };
        MqttTopics.TryParseCamera(topic, kind, out var camera).ShouldBeTrue();
        camera.ShouldBe(Sample.Camera);
        MqttTopics.TryParseCamera(topic, "trigger", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1", "imdd/v1/+/frame")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/state/agent/box7", "imdd/v1/+/state")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/frame", "imdd/v1/+/frame")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/secret/cam1", "other")]
    [InlineData("imdd/v1/frame", "other")]
    [InlineData("imdd/v1", "other")]
    [InlineData("home/lamp", "other")]
    [InlineData("", "other")]
    public void Template_AnyTopic_NamesItsKindAndNoPlace(string topic, string expected) => MqttTopics.Template(topic).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("imdd/v2/acme/ulm/paint/line2/cell3/frame/cam1")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/frame")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1/x")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/frame/CAM1")]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/state/agent/cam1")]
    [InlineData("/imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1")]
    public void TryParseCamera_ForeignTopic_False(string topic) => MqttTopics.TryParseCamera(topic, "frame", out _).ShouldBeFalse();

    [Fact]
    public void TryParseCamera_AnyText_NeverThrows()
        => Gen.String[0, 100].Sample(topic => { _ = MqttTopics.TryParseCamera(topic, "frame", out _); }, iter: 2_000);
}
