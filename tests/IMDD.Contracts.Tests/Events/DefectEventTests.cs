using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Tests.Schemas;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Events;

public sealed class DefectEventTests
{
    [Fact]
    public void Create_FailedFrame_BelongsToItsOutcome()
    {
        var made = DefectEvent.Create(Sample.Defect(Sample.Region()), Sample.Context());
        made.Id.ShouldBe(Sample.OutcomeId + "-d");
        made.Subject.ShouldBe("cam1/part/SN123456");
        KafkaBinding.Key(made).ShouldBe(Sample.Camera.ToString());
        made.Extension(CloudEventAttributes.CausationId).ShouldBe(Sample.FrameId);
    }

    [Fact]
    public void Create_OutcomeOfAnotherFrame_Refused()
        => Should.Throw<ArgumentException>(() => DefectEvent.Create(Sample.Defect() with { FrameId = "b7-1" }, Sample.Context())).ParamName.ShouldBe("OutcomeId");

    [Fact]
    public void Create_PassedFrame_Refused()
        => Should.Throw<ArgumentException>(() => DefectEvent.Create(Sample.Defect() with { Verdict = Verdict.Pass }, Sample.Context()));

    [Fact]
    public void Create_SixtyFiveRegions_Refused()
    {
        Should.NotThrow(() => DefectEvent.Create(Sample.Defect([.. Enumerable.Repeat(Sample.Region(), 64)]), Sample.Context()));
        Should.Throw<EventTooLargeException>(() => DefectEvent.Create(Sample.Defect([.. Enumerable.Repeat(Sample.Region(), 65)]), Sample.Context()))
            .Message.ShouldContain("65");
    }

    [Fact]
    public void Create_MaskAbove64KiB_Refused()
    {
        Should.NotThrow(() => DefectEvent.Create(Sample.Defect(Sample.Region(64 * 1024)), Sample.Context()));
        Should.Throw<EventTooLargeException>(() => DefectEvent.Create(Sample.Defect(Sample.Region(64 * 1024 + 1)), Sample.Context())).Message.ShouldContain("65537");
    }

    [Fact]
    public void Create_Above256KiBInAll_Refused()
        => Should.Throw<EventTooLargeException>(() => DefectEvent.Create(Sample.Defect([.. Enumerable.Repeat(Sample.Region(60_000), 5)]), Sample.Context()));

    [Fact]
    public void MasksToMove_LargeOnesAndAsManyOfTheLeastAsItTakes()
    {
        DefectRegion[] regions = [Sample.Region(60_000), Sample.Region(65_537), Sample.Region(60_000), Sample.Region(60_000), Sample.Region(60_000), Sample.Region(60_000), Sample.Region(10)];
        var defect = Sample.Defect(regions);

        var moved = DefectEventBudget.MasksToMove(defect);

        moved.ShouldBe([1, 5]);
        var after = regions.Select((r, i) => moved.Contains(i) ? r with { MaskRle = null, MaskUri = "blob:masks/sha256-" + new string('a', 64) } : r);
        Should.NotThrow(() => DefectEvent.Create(defect with { Regions = [.. after] }, Sample.Context()));
    }

    [Fact]
    public void MasksToMove_SmallEvent_None() => DefectEventBudget.MasksToMove(Sample.Defect(Sample.Region(), Sample.Region())).ShouldBeEmpty();

    [Theory]
    [InlineData(1, 200_000, 60_000)]
    [InlineData(64, 60_000, 10)]
    [InlineData(64, 70_000, 10)]
    [InlineData(64, 300, 3_000)]
    public void WithoutMasks_GivenTheirAddressesLater_StaysValid(int count, int maskBytes, int contourPoints)
    {
        var region = Sample.Region(maskBytes) with { ContourPx = [.. Enumerable.Range(1000, contourPoints)] };
        var defect = Sample.Defect([.. Enumerable.Repeat(region, count)]);
        var moved = DefectEventBudget.MasksToMove(defect);

        var slim = DefectEventBudget.WithoutMasks(defect, moved);

        moved.ShouldNotBeEmpty();
        slim.Regions.Index().ShouldAllBe(r => r.Item.MaskUri == null && (r.Item.MaskRle == null || !moved.Contains(r.Index)));
        var uri = "https://frames.example/" + new string('a', 200);
        var addressed = slim with { Regions = [.. slim.Regions.Index().Select(r => moved.Contains(r.Index) ? r.Item with { MaskUri = uri } : r.Item)] };
        DefectEvent.Create(addressed, Sample.Context()).Data.Length.ShouldBeLessThanOrEqualTo(ImddJson.MaxEventBytes);
    }

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(64, 65_536, 10)]
    [InlineData(64, 10, 60_000)]
    [InlineData(300, 70_000, 60_000)]
    [InlineData(1, 70_000, 60_000)]
    public async Task Fit_AnyNumberOfAnySize_MakesAValidEvent(int count, int maskBytes, int contourPoints)
    {
        var region = Sample.Region(maskBytes) with { ContourPx = [.. Enumerable.Range(1000, contourPoints)] };
        var defect = Sample.Defect([.. Enumerable.Range(0, count).Select(i => region with { Score = 1 - (i / 1000.0) })]) with { RegionsOmitted = 2 };

        var fitted = DefectEventBudget.Fit(defect);

        var made = DefectEvent.Create(fitted, Sample.Context());
        made.Data.Length.ShouldBeLessThanOrEqualTo(256 * 1024);
        (fitted.Regions.Count + fitted.RegionsOmitted).ShouldBe(count + 2);
        fitted.Regions[0].Score.ShouldBe(1);
        if (NodePackages.Find(out _) is { } node)
        {
            var result = await SchemaCheck.RunAsync(
                node, [(WireDocument.Of("inspection.defect-detected.v1"), JsonNode.Parse(made.Data.Span)!)], TestContext.Current.CancellationToken);
            result[0].Valid.ShouldBeTrue(result[0].ToString());
        }
    }

    [Fact]
    public void Fit_EventThatFits_IsUnchanged()
    {
        var defect = Sample.Defect(Sample.Region(), Sample.Region(1000));
        ImddJson.Serialize(DefectEventBudget.Fit(defect)).ShouldBe(ImddJson.Serialize(defect));
    }
}
