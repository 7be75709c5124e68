using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Tests.Events;

public sealed class OutcomeEventTests
{
    [Fact]
    public void Create_PassedPart_CarriesEveryAttribute()
    {
        var made = OutcomeEvent.Create(Sample.Outcome() with { Simulated = true }, Sample.Context() with { Historical = true });

        KafkaBinding.WriteHeaders(made).ToDictionary(StringComparer.Ordinal).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["content-type"] = "application/json",
                ["ce_specversion"] = "1.0",
                ["ce_id"] = Sample.OutcomeId,
                ["ce_source"] = "//acme/ulm/paint/line2/cell3/agent/box7",
                ["ce_type"] = "io.imdd.inspection.outcome.v1",
                ["ce_time"] = "2026-11-23T02:10:11.123456Z",
                ["ce_recordedtime"] = "2026-11-23T02:10:11.201000Z",
                ["ce_sequence"] = "00000000000000184467",
                ["ce_subject"] = "cam1/part/SN123456",
                ["ce_dataschema"] = "https://imdd.io/schemas/inspection.outcome.v1.json",
                ["ce_partitionkey"] = "acme/ulm/paint/line2/cell3/cam1",
                ["ce_correlationid"] = Sample.FrameId,
                ["ce_causationid"] = Sample.FrameId,
                ["ce_framedigest"] = Sample.Digest,
                ["ce_modeldigest"] = Sample.Digest,
                ["ce_historical"] = "true",
                ["ce_simulated"] = "true",
                ["ce_traceparent"] = Sample.TraceParent,
                ["ce_tracestate"] = "imdd=1",
                ["traceparent"] = Sample.TraceParent,
                ["tracestate"] = "imdd=1",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Create_SameFrameFromAnotherBox_SameId()
        => OutcomeEvent.Create(Sample.Outcome(), Sample.Context() with { Source = EventSource.Agent(Sample.Asset, "box8"), Sequence = 1 }).Id
            .ShouldBe(OutcomeEvent.Create(Sample.Outcome(), Sample.Context()).Id);

    [Theory]
    [InlineData(Verdict.Undecided, null)]
    [InlineData(Verdict.Pass, UndecidedReason.Overload)]
    public void Create_ReasonWithoutUndecidedOrReverse_Refused(Verdict verdict, string? reason)
        => Should.Throw<ArgumentException>(() => OutcomeEvent.Create(Sample.Outcome() with { Verdict = verdict, Reason = reason }, Sample.Context()))
            .ParamName.ShouldBe("Reason");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.PositiveInfinity)]
    public void Create_ScoreOutsideRange_Refused(double score)
        => Should.Throw<ArgumentException>(() => OutcomeEvent.Create(Sample.Outcome() with { ImageScore = score }, Sample.Context()))
            .ParamName.ShouldBe("ImageScore");

    [Fact]
    public void Create_UnknownVerdict_Refused()
        => Should.Throw<ArgumentException>(() => OutcomeEvent.Create(Sample.Outcome() with { Verdict = Verdict.Unknown }, Sample.Context()));

    [Theory]
    [InlineData("sha256:77")]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    public void Create_MalformedDigest_Refused(string digest)
        => Should.Throw<ArgumentException>(() => OutcomeEvent.Create(Sample.Outcome() with { RecipeDigest = digest }, Sample.Context()))
            .ParamName.ShouldBe("RecipeDigest");

    [Fact]
    public void Create_EndlessReasonDetail_IsCut()
    {
        var outcome = Sample.Outcome() with { Verdict = Verdict.Undecided, Reason = UndecidedReason.Corrupt, ReasonDetail = new string('x', 1_000_000) };
        var read = EventReader.Read<InspectionOutcome>(OutcomeEvent.Create(outcome, Sample.Context()), EventTypes.InspectionOutcome);
        read.ReasonDetail!.Length.ShouldBe(OutcomeEvent.MaxReasonDetailLength);
    }

    [Fact]
    public void Create_BadTraceParent_LeftOut()
    {
        var made = OutcomeEvent.Create(Sample.Outcome(), Sample.Context() with { TraceParent = "00-00000000000000000000000000000000-b7ad6b7169203331-01" });
        made.Extension(CloudEventAttributes.TraceParent).ShouldBeNull();
        made.Extension(CloudEventAttributes.TraceState).ShouldBeNull();
    }

    /// <summary>Whatever a reader lets in, an outcome can be made of: a name at its longest must not cost a frame its outcome.</summary>
    [Fact]
    public void Create_NamesAsLongAsAReaderLetsIn_StillAnEvent()
    {
        var longest = new string('x', CloudEventText.MaxAttributeLength);
        var made = OutcomeEvent.Create(
            Sample.Outcome() with { FrameId = longest, PartId = longest, LotId = longest, InspectionId = longest },
            Sample.Context() with { TraceState = longest + "x" });
        made.Subject.ShouldBe("cam1");
        EventReader.Read<InspectionOutcome>(made, EventTypes.InspectionOutcome).PartId.ShouldBe(longest);
        made.Extension(CloudEventAttributes.TraceState).ShouldBeNull();
    }
}
