using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;

namespace IMDD.Contracts.Tests.Events;

/// <summary>Events of labels, releases and rollouts.</summary>
public sealed class LearningEventTests
{
    private static EventContext Later => Sample.Context() with { RecordedTime = Sample.Time.AddHours(1) };

    [Fact]
    public void Label_SaidAgain_SameIdAndAKeyOfItsOwn()
    {
        var first = ExampleLabelEvent.Create(Sample.Label(), Sample.Context());
        ExampleLabelEvent.Create(Sample.Label(), Later).Id.ShouldBe(first.Id);
        KafkaBinding.Key(first).ShouldBe($"{Sample.Digest}/anna/1");
        ExampleLabelEvent.Create(Sample.Label() with { Revision = 2 }, Later).Id.ShouldNotBe(first.Id);
        ExampleLabelEvent.Create(Sample.Label() with { RaterId = "ben" }, Later).Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public void Label_VerdictAndRegionsThatContradict_Refused()
    {
        Refused(Sample.Label() with { Verdict = Verdict.Pass }, "Regions");
        Refused(Sample.Label() with { Regions = [] }, "Regions");
        Refused(Sample.Label() with { Verdict = Verdict.Unknown }, "Verdict");
        Refused(Sample.Label() with { RaterId = "plant/anna" }, "RaterId");
        Refused(Sample.Label() with { Revision = 0 }, "Revision");
        Refused(Sample.Label() with { Regions = [Sample.Drawn() with { BboxPx = [1, 2] }] }, "BboxPx");
        Refused(Sample.Label() with { Regions = [.. Enumerable.Repeat(Sample.Drawn(), 65)] }, "Regions");

        static void Refused(ExampleLabel label, string field)
            => Should.Throw<ArgumentException>(() => ExampleLabelEvent.Create(label, Sample.Context())).ParamName.ShouldBe(field);
    }

    [Fact]
    public void Consensus_Agreed_HasAVerdict()
    {
        KafkaBinding.Key(ExampleConsensusEvent.Create(Sample.Consensus(), Sample.Context())).ShouldBe(Sample.Digest);
        Should.Throw<ArgumentException>(() => ExampleConsensusEvent.Create(
            Sample.Consensus() with { Verdict = Verdict.Undecided, Regions = [] }, Sample.Context())).ParamName.ShouldBe("Verdict");
        ExampleConsensusEvent.Create(
            Sample.Consensus() with { State = ConsensusState.Disputed, Verdict = Verdict.Undecided, Regions = [] }, Sample.Context()).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(300, 70_000, 60_000)]
    public void HardExample_Fitted_HasRoomForAnyRegionsAndTheAddress(int count, int maskBytes, int contourPoints)
    {
        var region = Sample.Region(maskBytes) with { ContourPx = [.. Enumerable.Range(1000, contourPoints)] };
        var fitted = HardExampleEvent.Fit(Sample.Hard() with { Verdict = Verdict.Fail, Regions = [.. Enumerable.Repeat(region, count)] });

        var addressed = fitted with { Frame = fitted.Frame with { Uri = "https://frames.example/" + new string('a', 2000) } };

        HardExampleEvent.Create(addressed, Sample.Context()).Data.Length.ShouldBeLessThanOrEqualTo(ImddJson.MaxEventBytes);
        fitted.Regions[0].BboxPx.ShouldBe(region.BboxPx);
        (fitted.Regions[0].MaskRle is not null).ShouldBe(count == 1);
    }

    [Fact]
    public void HardExample_WithoutPictureOrReason_Refused()
    {
        HardExampleEvent.Create(Sample.Hard(), Sample.Context()).Id.ShouldBe(Sample.OutcomeId + "-x");
        Should.Throw<ArgumentException>(() => HardExampleEvent.Create(Sample.Hard() with { Frame = new() { Digest = Sample.Digest } }, Sample.Context()));
        Should.Throw<ArgumentException>(() => HardExampleEvent.Create(Sample.Hard() with { Reasons = [] }, Sample.Context()));
        Should.Throw<ArgumentException>(() => HardExampleEvent.Create(Sample.Hard() with { FrameId = "b7-1" }, Sample.Context()));
    }

    [Fact]
    public void Desired_TheSameWish_SameIdRetainedOnTheAgentsTopic()
    {
        var wish = MqttPublications.Desired(Sample.Asset, Sample.Desired(), Sample.Context());
        wish.Retain.ShouldBeTrue();
        wish.Topic.ShouldBe("imdd/v1/acme/ulm/paint/line2/cell3/desired/box7");
        DesiredModelsEvent.Create(Sample.Asset, Sample.Desired(), Later).Id.ShouldBe(DesiredModelsEvent.Create(Sample.Asset, Sample.Desired(), Sample.Context()).Id);
        Should.Throw<ArgumentException>(() => DesiredModelsEvent.Create(Sample.Asset, Sample.Desired() with { Slots = [] }, Sample.Context()));
        Should.Throw<ArgumentException>(() => DesiredModelsEvent.Create(
            Sample.Asset,
            Sample.Desired() with { Slots = [.. Sample.Desired().Slots.Select(slot => slot with { RecipeDigest = "sha256:" + new string('7', 64), ConfiguredRecipe = true })] },
            Sample.Context())).Message.ShouldContain("expected one of the two");
        Should.Throw<ArgumentException>(() => DesiredModelsEvent.Create(
            Sample.Asset, Sample.Desired() with { Slots = [new() { Cameras = ["cam1"], Model = Sample.Release }, new() { Cameras = ["cam1"], Model = Sample.Release }] },
            Sample.Context())).Message.ShouldContain("two slots");
        var open = Sample.Desired() with { Install = new() { NotAfter = Sample.Time } };
        DesiredModelsEvent.Create(Sample.Asset, open, Sample.Context()).ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => DesiredModelsEvent.Create(
            Sample.Asset, open with { Install = new() { NotBefore = Sample.Time, NotAfter = Sample.Time } }, Sample.Context())).ParamName.ShouldBe("Install");
    }

    [Fact]
    public void Desired_SlotsOfGroups_EachGroupAndTheRestOnce()
    {
        DesiredSlot top = new() { Group = "top", Cameras = ["cam1"], RolloutId = "r2", Model = Sample.Release }, seam = new() { Cameras = ["cam3"], Model = Sample.Release }, rest = new() { Model = Sample.Release };
        Of(top, seam, rest).Id.ShouldNotBe(Of(top with { RolloutId = "r3" }, seam, rest).Id);
        Of(top, seam, rest).Id.ShouldNotBe(Of(top, rest).Id);
        Of(rest).Id.ShouldBe(DesiredModelsEvent.Create(Sample.Asset, Sample.Desired(), Later).Id);
        Should.Throw<ArgumentException>(() => Of(top, top with { Cameras = ["cam2"], RolloutId = "r3" })).Message.ShouldContain("group has two slots");
        Should.Throw<ArgumentException>(() => Of(rest, rest)).Message.ShouldContain("no group have two slots");
        Should.Throw<ArgumentException>(() => Of(top with { Cameras = ["cam3"] }, seam)).Message.ShouldContain("camera is in two slots");
        foreach (var id in (string[])["", "a\u0007b", new string('r', 1025)])
        {
            Should.Throw<ArgumentException>(() => Of(top with { RolloutId = id })).ParamName.ShouldBe("RolloutId");
        }

        Should.Throw<ArgumentException>(() => Of(top with { Install = new() { NotBefore = Sample.Time, NotAfter = Sample.Time } })).ParamName.ShouldBe("Install");
        Should.Throw<FormatException>(() => Of(top with { Group = "Top" })).Message.ShouldContain("'Top'");
        Should.Throw<ArgumentException>(() => Of(top with { Cameras = [] })).Message.ShouldContain("group 'top' has no cameras");
        Of([.. Enumerable.Range(0, 16).Select(Slot)]).ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => Of([.. Enumerable.Range(0, 17).Select(Slot)])).Message.ShouldContain("17 slots");

        static DesiredSlot Slot(int i) => new() { Cameras = [$"cam{i}"], Model = Sample.Release };

        static CloudEvent Of(params DesiredSlot[] slots) => DesiredModelsEvent.Create(Sample.Asset, Sample.Desired() with { Slots = slots }, Sample.Context());
    }

    [Fact]
    public void Feedback_OfGroups_AreOfTheirOwn()
    {
        var (rest, top) = (RolloutStepEvent.Create(Sample.Asset, Sample.Step(), Sample.Context()), RolloutStepEvent.Create(Sample.Asset, Sample.Step() with { Group = "top" }, Sample.Context()));
        top.Id.ShouldNotBe(rest.Id);
        KafkaBinding.Key(top).ShouldBe("r1/acme/ulm/paint/line2/cell3/box7:top");
        Should.Throw<FormatException>(() => RolloutStepEvent.Create(Sample.Asset, Sample.Step() with { Group = "a/b" }, Sample.Context()));
    }

    [Fact]
    public void Feedback_FailureAndReason_ComeTogether()
    {
        MqttPublications.Feedback(Sample.Asset, Sample.Step(), Sample.Context()).Retain.ShouldBeFalse();
        Should.Throw<ArgumentException>(() => RolloutStepEvent.Create(Sample.Asset, Sample.Step() with { ReasonCode = null }, Sample.Context()));
        Should.Throw<ArgumentException>(() => RolloutStepEvent.Create(Sample.Asset, Sample.Step() with { Result = RolloutResult.Success }, Sample.Context()));
        var e = RolloutStepEvent.Create(Sample.Asset, Sample.Step(), Sample.Context());
        KafkaBinding.Key(e).ShouldBe("r1/acme/ulm/paint/line2/cell3/box7");
        KafkaBinding.Key(DesiredModelsEvent.Create(Sample.Asset, Sample.Desired(), Sample.Context())).ShouldBe(KafkaBinding.Key(e));
    }

    [Theory]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/feedback/box7", "feedback", true)]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/state/agent/box7", "state/agent", true)]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/state/camera/cam1", "state/agent", false)]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/feedback", "feedback", false)]
    [InlineData("imdd/v1/acme/ulm/paint/line2/cell3/feedback/BOX", "feedback", false)]
    [InlineData("imdd/v2/acme/ulm/paint/line2/cell3/feedback/box7", "feedback", false)]
    [InlineData("", "feedback", false)]
    public void TryParseAgent_Topic_GivesCellAndAgent(string topic, string kind, bool isOne)
    {
        MqttTopics.TryParseAgent(topic, kind, out var asset, out var agent).ShouldBe(isOne);
        if (isOne)
        {
            (asset, agent).ShouldBe((Sample.Asset, "box7"));
        }
    }
}
