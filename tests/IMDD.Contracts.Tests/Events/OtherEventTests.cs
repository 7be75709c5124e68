using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Tests.Schemas;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Events;

public sealed class OtherEventTests
{
    [Fact]
    public void FrameCaptured_SentAgain_SameId()
    {
        var first = FrameCapturedEvent.Create(Sample.Frame());
        var again = FrameCapturedEvent.Create(Sample.Frame() with { RecordedTime = Sample.Time.AddMinutes(5), Historical = true });
        again.Id.ShouldBe(first.Id);
        first.Id.ShouldBe(Sample.FrameId);
        first.Source.ShouldBe("//acme/ulm/paint/line2/cell3/camera/cam1");
        first.Extension(CloudEventAttributes.FrameDigest).ShouldBe(ContentDigest.Of(first.Data.Span));
        first.Extension(CloudEventAttributes.Historical).ShouldBeNull();
        again.Extension(CloudEventAttributes.Historical).ShouldBe("true");
    }

    [Fact]
    public void FrameCaptured_PartWithControlCharacter_RefusedWhereItIsMade()
        => Should.Throw<CloudEventFormatException>(() => FrameCapturedEvent.Create(Sample.Frame() with { LotId = "L\u0000" })).Message.ShouldContain("lotid");

    [Fact]
    public void AgentState_BirthAndWill_AreTwoEventsOfOneKey()
    {
        var birth = AgentStateEvent.Create(Sample.Asset, Sample.Agent(), Sample.Context());
        var will = AgentStateEvent.CreateWill(Sample.Asset, Sample.Agent(), Sample.Context());
        will.Id.ShouldNotBe(birth.Id);
        KafkaBinding.Key(will).ShouldBe(KafkaBinding.Key(birth));
        will.Extension(CloudEventAttributes.Sequence).ShouldBeNull();
    }

    [Fact]
    public void EdgeState_AgentCameraAndBalance_HaveKeysOfTheirOwn()
    {
        string[] keys = [EdgeStateKey.Agent(Sample.Asset, "cam1"), EdgeStateKey.Camera(Sample.Camera), EdgeStateKey.Balance(Sample.Camera)];
        keys.ShouldBeUnique();
        Should.Throw<FormatException>(() => EdgeStateKey.Agent(Sample.Asset, "a/b"));
    }

    [Fact]
    public void CameraEvents_OfAnotherCamera_Refused()
    {
        Should.Throw<ArgumentException>(() => CameraStateEvent.Create(Sample.Camera, new() { CameraId = "cam2", State = EdgeStateWord.Silent }, Sample.Context()));
        Should.Throw<ArgumentException>(() => CameraBalanceEvent.Create(
            Sample.Camera, new() { CameraId = "cam2", BootId = "b7", Sent = 0, Returned = 0, Spooled = 0 }, Sample.Context()));
        Should.Throw<ArgumentException>(() => CameraBalanceEvent.Create(
            Sample.Camera, new() { CameraId = "cam1", BootId = "b7", Sent = -1, Returned = 0, Spooled = 0 }, Sample.Context()));
    }

    [Fact]
    public void LineWindow_Revision_KeyStaysAndIdChanges()
    {
        var source = EventSource.Aggregator(Sample.Asset.LinePath, "main");
        var first = LineWindowEvent.Create(Sample.Window(), source, Sample.Time);
        var second = LineWindowEvent.Create(Sample.Window() with { Revision = 2 }, source, Sample.Time.AddMinutes(1));
        KafkaBinding.Key(first).ShouldBe("acme/ulm/paint/line2/2026-11-23T02:10:00Z");
        KafkaBinding.Key(second).ShouldBe(KafkaBinding.Key(first));
        second.Id.ShouldNotBe(first.Id);
        LineWindowEvent.Create(Sample.Window(), source, Sample.Time.AddHours(1)).Id.ShouldBe(first.Id);
        first.Time.ShouldBe(Sample.Window().WindowStart.AddMinutes(1));
        KafkaTopics.ForWindow(60).ShouldBe(KafkaTopics.LineMinute);
        KafkaTopics.ForWindow(3600).ShouldBe(KafkaTopics.LineHour);
    }

    [Fact]
    public void LineWindow_CountsThatDoNotAddUp_Refused()
        => Should.Throw<ArgumentException>(() => LineWindowEvent.Create(
            Sample.Window() with { Total = 4 }, EventSource.Aggregator(Sample.Asset.LinePath, "main"), Sample.Time)).ParamName.ShouldBe("Total");

    [Theory]
    [InlineData(30, 0)]
    [InlineData(60, 1)]
    [InlineData(3600, 0)]
    public void LineWindow_OddLengthOrStart_Refused(int seconds, int offsetSeconds)
        => Should.Throw<ArgumentException>(() => LineWindowEvent.Create(
            Sample.Window() with { WindowSeconds = seconds, WindowStart = Sample.Window().WindowStart.AddSeconds(offsetSeconds) },
            EventSource.Aggregator(Sample.Asset.LinePath, "main"),
            Sample.Time));

    [Fact]
    public void Alarm_OtherState_Refused()
        => Should.Throw<ArgumentException>(() => AlarmEvent.Create(
            new() { Line = "a/b/c/d", Alarm = "x", State = "open", Severity = Severity.Major, Message = "m", Since = Sample.Time }, Sample.Context()));

    [Fact]
    public async Task Attributes_OfEveryEventMade_AreValidAgainstTheirSchema()
    {
        var node = NodePackages.Find(out var missing);
        Assert.SkipWhen(node is null, missing);
        var items = EventSamples.All.Select(e =>
        {
            var attributes = new JsonObject(MqttBinding.WriteUserProperties(e).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
            return (WireDocument.Of("cloudevent.v1"), (JsonNode)attributes);
        });
        var data = EventSamples.All.Where(e => e.DataContentType == "application/json")
            .Select(e => (WireDocument.All.Single(d => d.SchemaUri == e.DataSchema), JsonNode.Parse(e.Data.Span)!));

        var results = await SchemaCheck.RunAsync(node!, [.. items, .. data], TestContext.Current.CancellationToken);

        results.Where(r => !r.Valid).Select(r => r.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public void ToRecord_AnOutcome_KeepsKeyHeadersAndData()
    {
        var e = OutcomeEvent.Create(Sample.Outcome(), Sample.Context());
        var record = e.ToRecord(KafkaTopics.Outcome, Sample.Time);
        record.Key.ShouldBe(Sample.Camera.ToString());
        record.Topic.ShouldBe(KafkaTopics.Outcome);
        record.Timestamp.ShouldBe(Sample.Time);
        record.Headers.ShouldBe(KafkaBinding.WriteHeaders(e));
        record.Value!.Value.ToArray().ShouldBe(e.Data.ToArray());
    }

    [Fact]
    public void ToOutgoing_AFrame_AddsNothingAndLeavesNothingOut()
    {
        var publication = MqttPublications.Frame(Sample.Frame(), TimeSpan.FromSeconds(7));
        var outgoing = publication.ToOutgoing();
        outgoing.Topic.ShouldBe(publication.Topic);
        outgoing.Payload.ShouldBe(publication.Payload);
        outgoing.UserProperties.ShouldBe(publication.UserProperties);
        (outgoing.ContentType, outgoing.IsText, outgoing.Retain, outgoing.Expiry).ShouldBe(("image/jpeg", false, false, TimeSpan.FromSeconds(7)));
        MqttPublications.AgentState(Sample.Asset, Sample.Agent(), Sample.Context()).ToOutgoing().Retain.ShouldBeTrue();
    }
}
