using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Watch;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;

namespace IMDD.Cli.Tests.Watch;

public sealed class WatchedMessageTests
{
    private static readonly KeyValuePair<string, string>[] Event =
    [
        new("content-type", "application/json"),
        new("ce_specversion", "1.0"),
        new("ce_id", "abc"),
        new("ce_source", "//acme/ulm/paint/line2/cell3/agent/box7"),
        new("ce_type", "io.imdd.inspection.outcome.v1"),
        new("ce_time", "2026-11-23T02:10:11.123456Z"),
        new("ce_sequence", "00000000000000000007"),
    ];

    [Fact]
    public void From_BinaryMode_HasAttributesWithoutPrefixAndData()
    {
        var json = JsonNode.Parse(WatchedMessage.From(Record("""{"verdict":"fail"}""", Event)).ToJson())!;

        ((string?)json["topic"]).ShouldBe("imdd.inspection.outcome.v1");
        ((int)json["partition"]!).ShouldBe(3);
        ((string?)json["key"]).ShouldBe("acme/ulm/paint/line2/cell3/cam1");
        ((string?)json["attributes"]!["id"]).ShouldBe("abc");
        ((string?)json["attributes"]!["sequence"]).ShouldBe("00000000000000000007");
        ((string?)json["data"]!["verdict"]).ShouldBe("fail");
        json["note"].ShouldBeNull();
    }

    [Fact]
    public void From_StructuredMode_IsDecodedAlike()
    {
        var message = WatchedMessage.From(Record(
            """{"specversion":"1.0","id":"abc","source":"//a","type":"t","datacontenttype":"application/json","data":{"verdict":"pass"}}""",
            [new("content-type", "application/cloudevents+json")]));

        ((string?)message.Attributes["id"]).ShouldBe("abc");
        ((string?)message.Data!["verdict"]).ShouldBe("pass");
    }

    [Theory]
    [InlineData("not json", "malformed: the data is not JSON")]
    [InlineData("{\"a\":", "malformed: the data is not JSON")]
    public void From_DataThatIsNotJson_IsShownWithTheReason(string value, string expected)
    {
        var message = WatchedMessage.From(Record(value, Event));

        message.Note.ShouldNotBeNull().ShouldStartWith(expected);
        ((string?)message.Data).ShouldBe(value);
        message.ToText().ShouldContain("malformed");
    }

    [Fact]
    public void From_NoCloudEvent_ShowsHeadersAndText()
    {
        var message = WatchedMessage.From(Record("hello", [new("ce_id", "abc"), new("Content-Type", "text/plain")]));

        message.Note.ShouldNotBeNull().ShouldStartWith("malformed: ");
        ((string?)message.Attributes["ce_id"]).ShouldBe("abc");
        ((string?)message.Data).ShouldBe("hello");
    }

    [Fact]
    public void From_NoValue_IsADeletion() => WatchedMessage.From(Record(null, Event)).Note.ShouldBe("deleted: no value");

    [Fact]
    public void From_HostileText_ReachesTheTerminalEscaped()
    {
        var message = WatchedMessage.From(Record("\u001b[2Jgone\u009b31m", [new("x", "\u001b]0;title\u0007")]));

        foreach (var shown in (string[])[message.ToText(), message.ToJson()])
        {
            shown.ShouldNotContain('\u001b');
            shown.ShouldNotContain('\u009b');
            shown.ShouldNotContain('\u0007');
        }

        JsonNode.Parse(message.ToJson()).ShouldNotBeNull();
    }

    [Fact]
    public void From_MqttFrame_SaysHowLargeThePictureIs()
    {
        var message = WatchedMessage.From(new MqttIncoming(
            "imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1",
            new byte[1234],
            "image/jpeg",
            [new("specversion", "1.0"), new("id", "b-1"), new("source", "//a"), new("type", "io.imdd.frame.captured.v1")],
            Retain: false,
            Duplicate: false,
            ReceivedTimestamp: 0));

        message.Note.ShouldBe("1234 bytes of image/jpeg");
        ((string?)message.Attributes["id"]).ShouldBe("b-1");
    }

    private static KafkaConsumed Record(string? value, KeyValuePair<string, string>[] headers) => new(
        "imdd.inspection.outcome.v1",
        3,
        17,
        "acme/ulm/paint/line2/cell3/cam1",
        value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value),
        headers,
        DateTimeOffset.UnixEpoch.AddDays(20_000));
}
