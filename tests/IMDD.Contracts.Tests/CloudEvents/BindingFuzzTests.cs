using System.Text;
using System.Text.Json;
using CsCheck;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Tests.Events;
using IMDD.Contracts.Tests.Schemas;

namespace IMDD.Contracts.Tests.CloudEvents;

/// <summary>Whatever comes in, only the two documented exceptions go out; what is read can be written again.</summary>
public sealed class BindingFuzzTests
{
    private const int Cases = 5_000;

    private static readonly Gen<string> Name = Gen.OneOf<string>(
        Gen.OneOf("specversion", "id", "source", "type", "time", "subject", "dataschema", "datacontenttype", "sequence", "partid", "data", "traceparent"),
        Gen.String[0, 25]);

    private static readonly Gen<string> Value = Gen.OneOf<string>(
        Gen.OneOf("1.0", "", "io.imdd.frame.captured.v1", "2026-11-23T02:10:11Z", "9999-12-31T23:59:60Z", "0001-01-01T00:00:00+14:00", "\0", "\ud800", "true"),
        Gen.String[0, 40],
        Gen.Int[4090, 4100].Select(n => new string('x', n)));

    private static readonly Gen<List<KeyValuePair<string, string>>> Attributes =
        Gen.Select(Name, Value, (name, value) => new KeyValuePair<string, string>(name, value)).List[0, 80];

    private static readonly Gen<string?> ContentType = Gen.OneOf<string?>(
        null, "", "application/json", "application/cloudevents+json; charset=utf-8", "application/cloudevents-batch+json", "image/jpeg");

    [Fact]
    public void MqttRead_AnyProperties_EventOrFormatException()
        => Gen.Select(Attributes, ContentType, Mutated(Structured())).Sample(
            (properties, contentType, payload) =>
            {
                if (Read(() => MqttBinding.Read([new("specversion", "1.0"), .. properties], contentType, payload)) is { } e)
                {
                    Should.NotThrow(() => MqttBinding.WriteUserProperties(e));
                }
            },
            iter: Cases);

    [Fact]
    public void KafkaRead_AnyHeaders_EventOrFormatException()
        => Gen.Select(Attributes, ContentType, Mutated(Structured())).Sample(
            (properties, contentType, payload) =>
            {
                List<KeyValuePair<string, string>> headers = [.. properties.Select(p => new KeyValuePair<string, string>("ce_" + p.Key, p.Value)), .. properties];
                if (contentType is not null)
                {
                    headers.Add(new("content-type", contentType));
                }

                if (Read(() => KafkaBinding.Read(headers, payload)) is { } e)
                {
                    Should.NotThrow(() => KafkaBinding.WriteHeaders(e));
                }
            },
            iter: Cases);

    [Fact]
    public void KafkaRead_WhatWasWritten_IsTheSameEvent()
        => Gen.Select(Gen.String[1, 30], Gen.String[1, 30], Gen.Long[0, long.MaxValue]).Where(t => Legal(t.Item1) && Legal(t.Item2)).Sample(
            (id, subject, sequence) =>
            {
                var written = new CloudEvent { Id = id, Source = "//a/b", Type = "t", Time = Sample.Time, Subject = subject, DataContentType = "application/json", Data = new byte[] { 1 } }
                    .WithExtension(CloudEventAttributes.Sequence, CloudEventText.Sequence(sequence));
                foreach (var read in (CloudEvent[])[
                    KafkaBinding.Read(KafkaBinding.WriteHeaders(written), written.Data),
                    MqttBinding.Read(MqttBinding.WriteUserProperties(written), written.DataContentType, written.Data)])
                {
                    (read.Id, read.Subject, read.Time, read.DataContentType).ShouldBe((written.Id, written.Subject, written.Time, written.DataContentType));
                    read.Extensions.ShouldBe(written.Extensions);
                    CloudEventText.TryParseSequence(read.Extension(CloudEventAttributes.Sequence), out var again).ShouldBeTrue();
                    again.ShouldBe(sequence);
                }
            },
            iter: 2_000);

    [Fact]
    public void Deserialize_MutatedSamples_RecordOrJsonException()
    {
        (WireDocument Document, byte[] Bytes)[] samples =
        [
            .. SampleFile.Valid.Select(s => (SampleFile.DocumentOf(s), Encoding.UTF8.GetBytes(SampleFile.Read(s).ToJsonString()))).Where(s => s.Item1.Record is not null),
        ];
        Gen.Int[0, samples.Length - 1].SelectMany(i => Mutated(samples[i].Bytes).Select(bytes => (samples[i].Document, bytes))).Sample(
            t =>
            {
                try
                {
                    // What is read is whole: it can be written again without a null where none may be.
                    var record = JsonSerializer.Deserialize(t.bytes, t.Document.Record!, ImddJson.Options);
                    _ = JsonSerializer.SerializeToUtf8Bytes(record, t.Document.Record!, ImddJson.Options);
                }
                catch (JsonException)
                {
                }
            },
            iter: Cases);
    }

    [Theory]
    [InlineData("{\"share\":1e999}")]
    [InlineData("{\"share\":-1e999}")]
    [InlineData("{\"share\":\"1\"}")]
    [InlineData("{\"share\":true}")]
    public void Deserialize_NumberThatNoDoubleHolds_IsRefused(string json)
        => Should.Throw<JsonException>(() => ImddJson.Deserialize<Dictionary<string, double>>(Encoding.UTF8.GetBytes(json))).Message.ShouldContain("number");

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{\"id\":1")]
    [InlineData("")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"//a\",\"type\":\"t\",\"data_base64\":\"?\"}")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\\ud800\",\"source\":\"//a\",\"type\":\"t\"}")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":null,\"source\":\"//a\",\"type\":\"t\"}")]
    public void StructuredRead_Malformed_FormatException(string json)
        => Should.Throw<CloudEventFormatException>(() => MqttBinding.Read([], "application/cloudevents+json", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void StructuredRead_WellFormed_ReadsDataAndExtensions()
    {
        var read = KafkaBinding.Read([new("content-type", "application/cloudevents+json")], Structured());
        (read.Id, read.Source, read.Subject, read.DataContentType).ShouldBe(("b7-1", "//a/b", null, "application/json"));
        Encoding.UTF8.GetString(read.Data.Span).ShouldBe("{\"frameId\":\"b7-1\"}");
        read.Extension("partid").ShouldBe("SN1");
        read.Extension("count").ShouldBe("3");
    }

    [Fact]
    public void StructuredRead_NestedWithoutEnd_FormatException()
        => Should.Throw<CloudEventFormatException>(() => MqttBinding.Read([], "application/cloudevents+json", Encoding.UTF8.GetBytes(new string('[', 500_000))));

    [Fact]
    public void Read_BeyondItsBounds_RefusedByName()
    {
        Should.Throw<CloudEventFormatException>(() => MqttBinding.Read([], "application/cloudevents+json", new byte[2 * 1024 * 1024])).Message.ShouldContain("bytes");
        Should.Throw<CloudEventFormatException>(() => MqttBinding.Read(
            Enumerable.Range(0, 65).Select(i => new KeyValuePair<string, string>($"a{i}", "x")), null, default)).Message.ShouldContain("attributes");
        Should.Throw<CloudEventFormatException>(() => MqttBinding.Read(
            [.. MqttBinding.WriteUserProperties(EventSamples.All[0]), new("partid", new string('x', 4097))], null, default)).Message.ShouldContain("partid");
        Should.Throw<JsonException>(() => ImddJson.Deserialize<InspectionOutcome>(Encoding.UTF8.GetBytes(new string('[', 100_000))));
        var large = EventSamples.All[0] with { Data = new byte[ImddJson.MaxEventBytes + 1] };
        Should.Throw<CloudEventFormatException>(() => EventReader.Read<InspectionOutcome>(large, EventTypes.InspectionOutcome)).Message.ShouldContain("bytes");
        Should.Throw<CloudEventFormatException>(() => EventReader.Read<InspectionOutcome>(EventSamples.All[0], EventTypes.DefectDetected)).Message.ShouldContain("type");
        Should.Throw<CloudEventFormatException>(() => EventReader.Read<byte[]>(EventSamples.All[^1], EventTypes.FrameCaptured)).Message.ShouldContain("image/jpeg");
    }

    private static byte[] Structured() => """
        {"specversion":"1.0","id":"b7-1","source":"//a/b","type":"io.imdd.frame.captured.v1","time":"2026-11-23T02:10:11Z","subject":null,
        "partid":"SN1","count":3,"data":{"frameId":"b7-1"}}
        """u8.ToArray();

    private static Gen<byte[]> Mutated(byte[] original)
        => Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, 40]).Array[0, 4].Select(edits => edits.Aggregate(original, Apply));

    private static byte[] Apply(byte[] bytes, (int At, byte Value, int Kind, int Length) edit)
    {
        var at = Math.Min(edit.At, bytes.Length);
        var end = Math.Min(at + edit.Length, bytes.Length);
        return edit.Kind switch
        {
            0 => [.. bytes[..at], edit.Value, .. bytes[Math.Min(at + 1, bytes.Length)..]],
            1 => bytes[..at],
            2 => [.. bytes[..end], .. bytes[at..]],
            _ => [.. bytes[..at], .. bytes[end..]],
        };
    }

    private static bool Legal(string text) => CloudEventText.IsAttributeValue(text);

    private static CloudEvent? Read(Func<CloudEvent> read)
    {
        try
        {
            return read();
        }
        catch (CloudEventFormatException e)
        {
            e.Message.ShouldNotBeNullOrWhiteSpace();
            e.Message.Length.ShouldBeLessThan(1024, "a message must not repeat what a stranger sent at any length");
            return null;
        }
    }
}
