using System.Globalization;
using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Tests.Events;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Interop;

/// <summary>What we publish, read by the CloudEvents project's own JavaScript SDK, attribute by attribute.</summary>
public sealed class CloudEventsSdkTests
{
    [Fact]
    public async Task Sdk_EveryKindOfEvent_ReadsWhatWasWrittenOnBothTransports()
    {
        var node = NodePackages.Find(out var missing);
        Assert.SkipWhen(node is null, missing);
        var events = EventSamples.All;
        events.Select(e => e.Type).Distinct(StringComparer.Ordinal).Count().ShouldBe(typeof(EventTypes).GetFields().Length);

        object[] messages = [.. events.Select(Kafka), .. events.Select(Mqtt)];
        var read = await node!.RunAsync("read-cloudevents.cjs", messages, TestContext.Current.CancellationToken);

        read.GetArrayLength().ShouldBe(messages.Length);
        for (var i = 0; i < messages.Length; i++)
        {
            var isKafka = i < events.Count;
            var sent = events[i % events.Count];
            var received = JsonObject.Create(read[i])!;
            received["error"]?.ToString().ShouldBeNull($"{sent.Type}");
            CheckAttributes(sent, received["attributes"]!.AsObject(), isKafka);
            if (received["json"] is { } json)
            {
                JsonNode.DeepEquals(json, JsonNode.Parse(sent.Data.Span)).ShouldBeTrue(sent.Type);
            }
            else
            {
                received["bytes"]!.GetValue<string>().ShouldBe(Convert.ToBase64String(sent.Data.Span));
            }
        }
    }

    [Fact]
    public async Task Sdk_EventWithKafkasPrefixOnMqtt_IsNoEvent()
    {
        var node = NodePackages.Find(out var missing);
        Assert.SkipWhen(node is null, missing);
        var sent = EventSamples.All[0];
        var wrong = Message("mqtt", KafkaBinding.WriteHeaders(sent), sent.DataContentType, sent);

        var read = await node!.RunAsync("read-cloudevents.cjs", new[] { wrong }, TestContext.Current.CancellationToken);

        read[0].TryGetProperty("error", out _).ShouldBeTrue();
    }

    private static void CheckAttributes(CloudEvent sent, JsonObject received, bool isKafka)
    {
        var expected = MqttBinding.WriteUserProperties(sent).ToDictionary(StringComparer.Ordinal);

        // The SDK takes the media type from Kafka's header; on MQTT it does not look at the packet's Content Type, which the binding prescribes.
        if (isKafka)
        {
            expected[CloudEventAttributes.DataContentType] = sent.DataContentType!;
        }

        received.Select(p => p.Key).Order(StringComparer.Ordinal).ShouldBe(expected.Keys.Order(StringComparer.Ordinal), sent.Type);
        foreach (var (name, value) in expected)
        {
            var actual = received[name]!.ToString();
            if (name == CloudEventAttributes.Time)
            {
                // The SDK keeps milliseconds.
                Parse(actual).ShouldBe(Parse(value), TimeSpan.FromMilliseconds(1));
            }
            else
            {
                actual.ShouldBe(value, $"{sent.Type} {name}");
            }
        }
    }

    private static DateTimeOffset Parse(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    private static object Kafka(CloudEvent e) => Message("kafka", KafkaBinding.WriteHeaders(e), null, e);

    private static object Mqtt(CloudEvent e) => Message("mqtt", MqttBinding.WriteUserProperties(e), e.DataContentType, e);

    private static object Message(string transport, IReadOnlyList<KeyValuePair<string, string>> headers, string? contentType, CloudEvent e)
        => new { Transport = transport, Headers = headers.Select(h => new[] { h.Key, h.Value }), ContentType = contentType, Value = Convert.ToBase64String(e.Data.Span) };
}
