using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>A model that compares each frame with a known-good picture of its camera's view.</summary>
public sealed class ReferencePictureTests
{
    private static readonly BundleTensor Reference = new("reference", "uint8", ["B", "H", "W", "3"]);

    [Fact]
    public async Task Frames_AreComparedWithTheirOwnCamerasPicture()
    {
        using TestDirectory directory = new();
        await using var harness = await StartAsync(directory);
        Dictionary<string, Verdict> expected = new(StringComparer.Ordinal)
        {
            // The marked part is what cam1 should see, and the plain one what cam2 should.
            [await harness.SendAsync(TestFrames.Bad(), "cam1")] = Verdict.Pass,
            [await harness.SendAsync(TestFrames.Bad(), "cam2")] = Verdict.Fail,
            [await harness.SendAsync(TestFrames.Good(), "cam1")] = Verdict.Pass,
            [await harness.SendAsync(TestFrames.Good(), "cam2")] = Verdict.Pass,
        };

        var outcomes = await harness.OutcomesAsync(expected.Count);

        outcomes.ToDictionary(o => o.FrameId, o => o.Verdict).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task FrameWithoutPictureOfItsSize_EndsUndecidedAndTakesNoNeighbourAlong()
    {
        using TestDirectory directory = new();
        await using var harness = await StartAsync(directory, ("Edge:Agent:MaxBatch", "4"));
        var alien = await harness.SendAsync(TestFrames.Good(), "cam9");
        var resized = await harness.SendAsync(TestFrames.Bad(width: 32), "cam1");
        var neighbour = await harness.SendAsync(TestFrames.Bad(), "cam2");

        var outcomes = await harness.OutcomesAsync(3);

        var none = outcomes.Single(o => o.FrameId == alien);
        (none.Verdict, none.Reason, none.ResultState).ShouldBe((Verdict.Undecided, UndecidedReason.NoReference, ResultState.Aborted));
        none.ReasonDetail.ShouldNotBeNull().ShouldContain("camera cam9 has none");
        none.Model.ShouldNotBeNull();
        outcomes.Single(o => o.FrameId == resized).ReasonDetail.ShouldNotBeNull().ShouldContain("has 64 x 48 pixels; this frame has 32 x 48");
        outcomes.Single(o => o.FrameId == neighbour).Verdict.ShouldBe(Verdict.Fail);
        await Eventually.HoldsAsync(() => harness.Receipts.Count == 3);
    }

    [Fact]
    public async Task ModelSwappedForOneThatCompares_NeedsThePictureFromThenOn()
    {
        await using var harness = await AgentHarness.StartAsync();
        await harness.SendAsync(TestFrames.Good());
        await harness.OutcomesAsync(1);

        var slot = harness.Services.GetRequiredService<CameraGroups>().Rest.Slot;
        slot.Swap(new FakeSegmenter { Manifest = Comparing() }, "B")!.ShouldBe(harness.Segmenter);
        await harness.SendAsync(TestFrames.Good());

        (await harness.OutcomesAsync(2)).Select(o => o.Reason).ShouldBe([null, UndecidedReason.NoReference]);
        slot.TakesReference.ShouldBeTrue();
    }

    private static BundleManifest Comparing() => TestManifest.Create() with { Inputs = [Reference] };

    private static async Task<AgentHarness> StartAsync(TestDirectory directory, params (string Key, string Value)[] settings)
    {
        await File.WriteAllBytesAsync(directory.File("marked.png"), TestFrames.Bad(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory.File("plain.png"), TestFrames.Good(), TestContext.Current.CancellationToken);
        var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Manifest = Comparing();
        await harness.StartAgentAsync(
        [
            ("Edge:Agent:Cameras:0:Name", "cam1"),
            ("Edge:Agent:Cameras:0:Reference", directory.File("marked.png")),
            ("Edge:Agent:Cameras:1:Name", "cam2"),
            ("Edge:Agent:Cameras:1:Reference", directory.File("plain.png")),
            ("Edge:Agent:Cameras:2:Name", "cam9"),
            .. settings,
        ]);
        return harness;
    }
}
