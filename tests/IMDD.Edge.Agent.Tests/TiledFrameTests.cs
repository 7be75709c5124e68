using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Cameras whose frames are cut into tiles.</summary>
public sealed class TiledFrameTests
{
    // The marked square of 8 by 8 at (16, 8) lies over the border of the tiles at 18.
    private static readonly (string, string)[] Tiles =
    [
        ("Edge:Agent:Cameras:0:Name", "cam1"),
        ("Edge:Agent:Cameras:0:TileSize", "20x20"),
        ("Edge:Agent:Cameras:0:TileOverlap", "4"),
        ("Edge:Agent:Cameras:1:Name", "cam2"),
    ];

    [Fact]
    public async Task DefectOverABorder_IsOneRegionAsWithoutTiles()
    {
        await using var harness = await AgentHarness.StartAsync(Tiles);
        await harness.SendAsync(TestFrames.Bad(), "cam1");
        await harness.OutcomesAsync(1);
        lock (harness.Segmenter.BatchSizes)
        {
            // Four by three tiles, two at a time.
            harness.Segmenter.BatchSizes.ShouldBe([2, 2, 2, 2, 2, 2]);
        }

        await harness.SendAsync(TestFrames.Bad(), "cam2");
        var outcomes = await harness.OutcomesAsync(2);

        await Eventually.HoldsAsync(() => harness.Defects().Count == 2);
        harness.Defects().Select(d => d.Regions.ShouldHaveSingleItem().BboxPx).ShouldAllBe(box => box.SequenceEqual(new[] { 16, 8, 8, 8 }));
        outcomes.Select(o => o.ImageScore).Distinct().ShouldHaveSingleItem();
        ConfigDigestOf(outcomes, "cam1").ShouldStartWith("sha256:");
        outcomes.Single(o => o.CameraId == "cam2").ConfigDigest.ShouldBeNull("nothing beside the recipe decides there");
    }

    [Fact]
    public async Task ModelSwappedWithinAFrame_WaitsForItsLastTile()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim go = new();
        var runs = 0;
        harness.Segmenter.BeforeRun = _ =>
        {
            if (Interlocked.Increment(ref runs) == 2)
            {
                inside.Set();
                go.Wait(TestContext.Current.CancellationToken);
            }
        };
        await harness.StartAgentAsync(Tiles);
        FakeSegmenter next = new() { Digest = "sha256:" + new string('b', 64) };
        await harness.SendAsync(TestFrames.Bad(), "cam1");
        await Eventually.HoldsAsync(() => inside.IsSet);

        var slot = harness.Services.GetRequiredService<CameraGroups>().Rest.Slot;
        var swap = Task.Run(() => slot.Swap(next, "B"), TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        swap.IsCompleted.ShouldBeFalse();
        go.Set();
        (await swap).ShouldBe(harness.Segmenter);
        await harness.SendAsync(TestFrames.Bad(), "cam1");
        var outcomes = await harness.OutcomesAsync(2);

        outcomes.Select(o => o.Model!.Digest).ShouldBe([harness.Segmenter.Digest, next.Digest]);
        harness.Segmenter.BatchSizes.Count.ShouldBe(6, "every tile of the first frame");
        next.BatchSizes.Count.ShouldBe(6, "every tile of the second");
    }

    [Fact]
    public async Task TileOnWhichTheModelFails_CostsOnlyItsFrame()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        var runs = 0;
        harness.Segmenter.BeforeRun = _ =>
        {
            // The third pair of tiles, and again when the frame is tried once more.
            if (Interlocked.Increment(ref runs) is 3 or 6)
            {
                throw new Inference.SegmenterException("out of memory");
            }
        };
        await harness.StartAgentAsync(Tiles);
        await harness.SendAsync(TestFrames.Bad(), "cam1");
        await harness.OutcomesAsync(1);
        await harness.SendAsync(TestFrames.Bad(), "cam1");

        (await harness.OutcomesAsync(2)).Select(o => o.Reason).ShouldBe([UndecidedReason.ModelUnavailable, null]);
    }

    [Fact]
    public async Task FrameDecidedBeforeItsNeighbourFails_IsNotRunAgain()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        var runs = 0;
        harness.Segmenter.BeforeRun = _ =>
        {
            // Six runs for the first frame alone, six for the second; the third, in one batch with it, is tried twice, and fails twice.
            if (Interlocked.Increment(ref runs) > 12)
            {
                throw new Inference.SegmenterException("out of memory");
            }
        };
        using ManualResetEventSlim go = new();
        await harness.StartAgentAsync([.. Tiles, ("Edge:Agent:DecodeWorkers", "1")]);
        var before = harness.Segmenter.BeforeRun;
        harness.Segmenter.BeforeRun = images =>
        {
            go.Wait(Eventually.Timeout, TestContext.Current.CancellationToken);
            before(images);
        };
        List<string> sent = [];
        for (var frame = 0; frame < 4; frame++)
        {
            sent.Add(EventId.ForOutcome(AgentHarness.Camera("cam1"), await harness.SendAsync(TestFrames.Bad(), "cam1")));
        }

        // The one worker has begun the fourth frame: the second and the third, behind the first, are one batch.
        var journal = harness.Services.GetRequiredService<AttemptJournal>();
        await Eventually.HoldsAsync(() => sent.TrueForAll(id => journal.Attempts(id) > 0));
        go.Set();

        (await harness.OutcomesAsync(4)).Select(o => o.Reason).ShouldBe([null, null, UndecidedReason.ModelUnavailable, UndecidedReason.ModelUnavailable]);
    }

    private static string ConfigDigestOf(IReadOnlyList<InspectionOutcome> outcomes, string camera)
        => outcomes.Single(o => o.CameraId == camera).ConfigDigest.ShouldNotBeNull();
}
