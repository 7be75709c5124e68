using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Tests.Events;
using IMDD.Contracts.Tests.Schemas;
using IMDD.Contracts.Topics;
using IMDD.Testing;

namespace IMDD.Contracts.Tests;

/// <summary>
/// The mistakes that event systems make most often, one test each. They hold what this library makes; that services use it and nothing
/// beside it (no retained frame, no tag of their own) is theirs to test.
/// </summary>
public sealed class FrequentMistakeTests
{
    private static IEnumerable<CloudEvent> Events => EventSamples.All;

    [Fact]
    public void PrefixOnMqtt_NoUserPropertyHasOne()
        => Events.SelectMany(MqttBinding.WriteUserProperties).Select(p => p.Key).ShouldAllBe(name => !name.Contains('_'));

    [Fact]
    public void PrefixOnMqtt_ForeignMessageWithIt_Refused()
        => Should.Throw<CloudEventFormatException>(() => MqttBinding.Read(KafkaBinding.WriteHeaders(EventSamples.All[0]), "application/json", default))
            .Message.ShouldContain("specversion");

    [Fact]
    public void MissingPrefixOnKafka_EveryAttributeHasIt()
    {
        string[] plain = ["content-type", "traceparent", "tracestate"];
        Events.SelectMany(KafkaBinding.WriteHeaders).Select(h => h.Key)
            .ShouldAllBe(name => name.StartsWith("ce_", StringComparison.Ordinal) || plain.Contains(name));
    }

    [Fact]
    public void MissingPrefixOnKafka_ForeignRecordWithoutIt_Refused()
        => Should.Throw<CloudEventFormatException>(() => KafkaBinding.Read(MqttBinding.WriteUserProperties(EventSamples.All[0]), default))
            .Message.ShouldContain("specversion");

    [Fact]
    public void ContentTypeCapitalised_NeverWritten()
        => Events.Select(KafkaBinding.WriteHeaders).ShouldAllBe(
            headers => headers.Count(h => h.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)) == 1 && headers.Any(h => h.Key == "content-type"));

    [Fact]
    public void ContentTypeCapitalised_FromForeignProducer_StillRead()
    {
        var headers = KafkaBinding.WriteHeaders(EventSamples.All[0])
            .Select(h => h.Key == "content-type" ? new KeyValuePair<string, string>("Content-Type", h.Value) : h);
        KafkaBinding.Read(headers, default).DataContentType.ShouldBe("application/json");
    }

    [Fact]
    public void UnpaddedSequence_TextOrderIsNumberOrder()
    {
        long[] numbers = [0, 9, 10, 99, 100, 184467, long.MaxValue - 1, long.MaxValue];
        numbers.Select(CloudEventText.Sequence).Order(StringComparer.Ordinal).ShouldBe(numbers.Select(CloudEventText.Sequence));
        Events.Select(e => e.Extension(CloudEventAttributes.Sequence)).OfType<string>().ShouldAllBe(text => text.Length == 20);
        Should.Throw<ArgumentOutOfRangeException>(() => CloudEventText.Sequence(-1));
    }

    [Fact]
    public void ExtensionNames_LowerCaseLettersAndDigitsOnly()
    {
        var names = typeof(CloudEventAttributes).GetFields().Where(f => !f.Name.EndsWith("Value", StringComparison.Ordinal))
            .Select(f => (string)f.GetRawConstantValue()!).ToList();
        names.Count.ShouldBeGreaterThan(20);
        names.ShouldAllBe(name => Regex.IsMatch(name, "^[a-z0-9]{1,20}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        names.ShouldBeUnique();
    }

    [Theory]
    [InlineData("part_id")]
    [InlineData("partId")]
    [InlineData("part-id")]
    [InlineData("part.id")]
    [InlineData("")]
    [InlineData("averyveryverylongname")]
    [InlineData("id")]
    [InlineData("data")]
    public void ExtensionNames_IllegalOne_RefusedOnBothTransports(string name)
    {
        var wrong = EventSamples.All[0].WithExtension(name, "x");
        Should.Throw<CloudEventFormatException>(() => KafkaBinding.WriteHeaders(wrong));
        Should.Throw<CloudEventFormatException>(() => MqttBinding.WriteUserProperties(wrong));
    }

    [Fact]
    public void PictureAsBase64_PayloadIsThePictureItself()
    {
        byte[] image = [0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3];
        var sent = MqttPublications.Frame(Sample.Frame(image));
        sent.Payload.ToArray().ShouldBe(image);
        sent.ContentType.ShouldBe("image/jpeg");
        sent.IsText.ShouldBeFalse();
        sent.UserProperties.ShouldAllBe(p => p.Value != Convert.ToBase64String(image));
    }

    [Fact]
    public void PictureAsBase64_NoSchemaHasAFieldForOne()
        => WireDocument.All.Where(d => d.Name != "dsse-envelope.v1").SelectMany(d => SchemaFileTests.Objects(d.Schema(), d.Name))
            .Where(o => o.Node.ContainsKey("contentEncoding")).Select(o => o.Path).ShouldBeEmpty();

    [Fact]
    public void KeyIsRandomId_KeyIsTheCamera()
    {
        var one = OutcomeEvent.Create(Sample.Outcome(), Sample.Context());
        var next = OutcomeEvent.Create(Sample.Outcome() with { FrameId = "b7-184468" }, Sample.Context());
        next.Id.ShouldNotBe(one.Id);
        KafkaBinding.Key(next).ShouldBe(KafkaBinding.Key(one));
        KafkaBinding.Key(one).ShouldBe(Sample.Camera.ToString());
        Events.Where(e => !IsOfNoPlace(e.Type)).ShouldAllBe(e => KafkaBinding.Key(e).StartsWith("acme/ulm/paint/line2/", StringComparison.Ordinal));
        Events.ShouldAllBe(e => !KafkaBinding.Key(e).Contains(e.Id));
    }

    /// <summary>Of a model, of a rollout or of a picture, wherever it was taken.</summary>
    private static bool IsOfNoPlace(string type) => type
        is EventTypes.RolloutRequested or EventTypes.RolloutStepReported or EventTypes.ExampleLabelled or EventTypes.ConsensusReached
        or EventTypes.ModelRegistered or EventTypes.ModelPromoted;

    [Fact]
    public void KeyIsRandomId_EventWithoutAKey_Refused()
        => Should.Throw<CloudEventFormatException>(() => KafkaBinding.Key(new CloudEvent { Id = "1", Source = "//a", Type = "t" }));

    [Fact]
    public void LocalTimestamp_EveryTimeIsUtc()
    {
        var berlin = Sample.Time.ToOffset(TimeSpan.FromHours(1));
        var made = OutcomeEvent.Create(Sample.Outcome(), Sample.Context() with { Time = berlin, RecordedTime = berlin });
        var times = MqttBinding.WriteUserProperties(made).Where(p => p.Key is "time" or "recordedtime").Select(p => p.Value);
        times.ShouldBe([CloudEventText.Time(Sample.Time), CloudEventText.Time(Sample.Time)]);

        var json = Encoding.UTF8.GetString(ImddJson.Serialize(Sample.Window() with { WindowStart = berlin }));
        json.ShouldContain("\"windowStart\":\"2026-11-23T02:10:11.000000Z\"");
    }

    [Theory]
    [InlineData("2026-11-23T02:10:11")]
    [InlineData("2026-11-23T02:10:11.123456")]
    [InlineData("2026-11-23 02:10:11Z")]
    [InlineData("23.11.2026 02:10:11 +01:00")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T02:10Z")]
    [InlineData("2026-11-23T02:10:11.Z")]
    [InlineData("2026-11-23T02:10:11+0100")]
    [InlineData("2026-13-23T02:10:11Z")]
    public void LocalTimestamp_WithoutOffsetOrNotRfc3339_Refused(string text)
    {
        CloudEventText.TryParseTime(text, out _).ShouldBeFalse();
        var headers = MqttBinding.WriteUserProperties(EventSamples.All[0]).Select(p => p.Key == "time" ? new KeyValuePair<string, string>("time", text) : p);
        Should.Throw<CloudEventFormatException>(() => MqttBinding.Read(headers, "application/json", default)).Message.ShouldContain("time");
    }

    [Theory]
    [InlineData("2026-11-23T02:10:11Z", "2026-11-23T02:10:11.000000Z")]
    [InlineData("2026-11-23t02:10:11.5z", "2026-11-23T02:10:11.500000Z")]
    [InlineData("2026-11-23T03:10:11.123456789+01:00", "2026-11-23T02:10:11.123456Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z")]
    public void Timestamp_AnyRfc3339_ReadAsUtc(string text, string expected)
    {
        CloudEventText.TryParseTime(text, out var time).ShouldBeTrue();
        CloudEventText.Time(time).ShouldBe(expected);
    }

    [Fact]
    public void RetainedFrame_FramesAndOutcomesAreNot_StatesAre()
    {
        var frame = MqttPublications.Frame(Sample.Frame());
        frame.Retain.ShouldBeFalse();
        frame.Expiry.ShouldNotBeNull();
        MqttPublications.Outcome(Sample.Camera, new() { FrameId = Sample.FrameId, OutcomeId = Sample.OutcomeId, Verdict = Verdict.Pass }, Sample.Context())
            .Retain.ShouldBeFalse();
        MqttPublications.AgentState(Sample.Asset, Sample.Agent(), Sample.Context()).Retain.ShouldBeTrue();
        MqttPublications.CameraState(Sample.Camera, new() { CameraId = "cam1", State = EdgeStateWord.Silent }, Sample.Context()).Retain.ShouldBeTrue();
        typeof(MqttPublication).GetProperties().ShouldAllBe(p => p.SetMethod == null || !p.SetMethod.IsPublic, "nobody outside decides what is retained");
        typeof(MqttPublication).GetConstructors().ShouldBeEmpty();
    }

    [Fact]
    public void WillWithoutBdSeq_WillHasThatOfItsBirth()
    {
        var birth = Sample.Agent() with { BdSeq = 255, StoreBacklog = 7 };
        var will = MqttPublications.AgentWill(Sample.Asset, birth, Sample.Context());
        var state = ImddJson.Deserialize<AgentState>(will.Payload.Span);
        state.BdSeq.ShouldBe(255);
        state.BootId.ShouldBe(birth.BootId);
        state.State.ShouldBe(EdgeStateWord.Offline);
        will.Topic.ShouldBe(MqttPublications.AgentState(Sample.Asset, birth, Sample.Context()).Topic);
        will.Retain.ShouldBeTrue();
        WireDocument.Of("edge.agent-state-changed.v1").Schema()["required"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldContain("bdSeq");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void WillWithoutBdSeq_OutsideAByte_Refused(int bdSeq)
        => Should.Throw<ArgumentException>(() => AgentStateEvent.CreateWill(Sample.Asset, Sample.Agent() with { BdSeq = bdSeq }, Sample.Context()));

    /// <summary>dataref would say that the whole payload lies elsewhere; a picture's place is frame.uri, and only once it is there.</summary>
    [Fact]
    public void DatarefToAbsentBlob_NoEventHasOne()
    {
        Events.ShouldAllBe(e => e.Extension("dataref") == null);
        typeof(CloudEventAttributes).GetFields().ShouldNotContain(f => (string)f.GetRawConstantValue()! == "dataref");
        Encoding.UTF8.GetString(DefectEvent.Create(Sample.Defect(Sample.Region()), Sample.Context()).Data.Span).ShouldNotContain("uri");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void DatarefToAbsentBlob_StoredEventWithoutABlob_Refused(string? uri)
        => Should.Throw<ArgumentException>(() => FrameStoredEvent.Create(
            Sample.Camera,
            new() { FrameId = Sample.FrameId, OutcomeId = Sample.OutcomeId, Frame = new() { Digest = Sample.Digest, Uri = uri } },
            Sample.Context()));

    [Fact]
    public void ClosedSchema_NoSchemaForbidsWhatItDoesNotKnow()
        => WireDocument.All.SelectMany(d => SchemaFileTests.Objects(d.Schema(), d.Name))
            .Where(o => IsFalse(o.Node, "additionalProperties") || IsFalse(o.Node, "unevaluatedProperties") || o.Node.ContainsKey("propertyNames"))
            .Select(o => o.Path).ShouldBeEmpty();

    /// <summary>A list of words without the alternative "any string" would be a closed enum; only the attributes' constants are.</summary>
    [Fact]
    public void ClosedSchema_NoClosedEnums()
        => WireDocument.All.Where(d => d.Name != "cloudevent.v1").SelectMany(d => SchemaFileTests.Objects(d.Schema(), d.Name))
            .Where(o => !o.Path.Contains("/if", StringComparison.Ordinal))
            .Where(o => o.Node["enum"] is not null || (o.Node["anyOf"] is { } words && words.AsArray().Any(w => w!["const"] is not null)
                && !words.AsArray().Any(w => w!["type"]?.ToString() == "string" && w["const"] is null)))
            .Select(o => o.Path).ShouldBeEmpty();

    /// <summary>
    /// A time series per part or frame would kill the metrics store. In every source file that makes instruments, no text is the name of
    /// an identity that grows with production; services show at run time that their tags are bounded.
    /// </summary>
    [Fact]
    public void MetricPerPart_NoFileWithInstrumentsNamesAnIdentity()
    {
        var files = ((string[])["edge", "cloud", "shared"]).SelectMany(
            side => Directory.EnumerateFiles(Repository.PathOf(side), "*.cs", SearchOption.AllDirectories));
        files.Where(f => UnboundedTags(File.ReadAllText(f)).Any()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("using System.Diagnostics.Metrics; c.Add(1, new KeyValuePair<string, object?>(\"partid\", part));", true)]
    [InlineData("using System.Diagnostics.Metrics; c.Add(1, new(\"imdd.frame.id\", id));", true)]
    [InlineData("using System.Diagnostics.Metrics; new TagList { { \"lot_id\", lot } };", true)]
    [InlineData("using System.Diagnostics.Metrics; c.Add(1, new KeyValuePair<string, object?>(\"camera\", camera));", false)]
    [InlineData("activity.SetTag(\"imdd.frame.id\", id);", false)]
    public void MetricPerPart_Scan_FindsWhatItLooksFor(string source, bool found) => UnboundedTags(source).Any().ShouldBe(found);

    [Fact]
    public void TopicWithDotAndUnderscore_NoTopicHasBoth()
    {
        KafkaTopics.All.Select(t => t.Name).ShouldAllBe(
            name => Regex.IsMatch(name, @"^imdd(\.[a-z0-9]+(-[a-z0-9]+)*)+\.v[0-9]+(\.dlq)?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        KafkaTopics.All.Select(t => t.Name.Replace('.', '_')).ShouldBeUnique();
    }

    [Fact]
    public void MqttTopics_NothingVariesBesidesPlaceAndName()
    {
        var frame = MqttTopics.Frame(Sample.Camera);
        frame.ShouldBe("imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1");
        frame.ShouldNotStartWith("$");
        Should.Throw<FormatException>(() => MqttTopics.AgentState(Sample.Asset, "box7/#"));
        Should.Throw<FormatException>(() => new CameraPath(Sample.Asset, "+"));
        Should.Throw<FormatException>(() => EventSource.Agent(Sample.Asset, "Box 7"));
        Should.Throw<FormatException>(() => EventSource.Aggregator("acme/ulm", "main"));
    }

    [Fact]
    public void TypeNames_AreVersionedAndInThePast()
        => typeof(EventTypes).GetFields().Select(f => (string)f.GetRawConstantValue()!)
            .ShouldAllBe(type => Regex.IsMatch(type, @"^io\.imdd\.[a-z]+\.[a-z-]+\.v1$", RegexOptions.None, TimeSpan.FromSeconds(1)));

    [Fact]
    public void Culture_WithOtherDigitsAndCommas_ChangesNothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NumberDecimalSeparator = ",";
            odd.NumberFormat.NegativeSign = "minus";
            odd.DateTimeFormat.TimeSeparator = "#";
            CultureInfo.CurrentCulture = odd;
            var frame = FrameCapturedEvent.Create(Sample.Frame() with { Clock = new("ptp", -0.4, 2.5) });
            frame.Extension(CloudEventAttributes.ClockOffsetMs).ShouldBe("-0.4");
            LineWindowEvent.Key("acme/ulm/paint/line2", Sample.Time).ShouldBe("acme/ulm/paint/line2/2026-11-23T02:10:11Z");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static IEnumerable<string> UnboundedTags(string source)
        => source.Contains("System.Diagnostics.Metrics", StringComparison.Ordinal)
            ? Regex.Matches(
                    source,
                    "\"(imdd[._])?(part|lot|serial|frame|inspection|outcome|event|trace|span|correlation|causation)[._-]?(id|number)\"",
                    RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5))
                .Select(m => m.Value)
            : [];

    private static bool IsFalse(System.Text.Json.Nodes.JsonObject node, string name)
        => node[name] is { } value && value.GetValueKind() == System.Text.Json.JsonValueKind.False;
}
