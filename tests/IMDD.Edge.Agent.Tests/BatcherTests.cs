using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Inference.Tiling;
using Microsoft.Extensions.Time.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class BatcherTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);
    private readonly FakeTimeProvider _time = new();
    private bool _othersUnderWay = true;

    [Fact]
    public async Task Take_FullBatch_ComesAtOnce()
    {
        var batcher = Create(maxBatch: 3);
        Add(batcher, 3);

        (await Take(batcher)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Take_PartialBatchWithOthersUnderWay_WaitsForTheDelayAndNoLonger()
    {
        var batcher = Create(maxBatch: 3);
        Add(batcher, 2);
        var take = batcher.TakeAsync(TestContext.Current.CancellationToken).AsTask();
        _time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        take.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await take.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Take_NobodyElseUnderWay_WaitsForNobody()
    {
        _othersUnderWay = false;
        var batcher = Create(maxBatch: 3);
        Add(batcher, 1);

        (await Take(batcher)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Take_TheLastOtherIsGone_EndsTheWait()
    {
        var batcher = Create(maxBatch: 3);
        Add(batcher, 1);
        var take = batcher.TakeAsync(TestContext.Current.CancellationToken).AsTask();
        _othersUnderWay = false;
        batcher.Reconsider();

        (await take.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Take_TwoSizes_AreNeverMixedAndAFullBatchOvertakes()
    {
        var batcher = Create(maxBatch: 2);
        Add(batcher, 1, width: 100);
        Add(batcher, 2, width: 200);

        (await Take(batcher)).ShouldAllBe(f => f.Width == 200);
        _othersUnderWay = false;
        (await Take(batcher)).Single().Width.ShouldBe(100);
    }

    [Fact]
    public async Task Take_CamerasCutInDifferentWays_AreNeverMixed()
    {
        var batcher = Create(maxBatch: 2);
        Add(batcher, 1);
        Add(batcher, 1, tiles: new TilePlan(32, 32, 8));
        Add(batcher, 1, tiles: new TilePlan(32, 32, 4));
        Add(batcher, 1, tiles: new TilePlan(32, 32, 8));

        (await Take(batcher)).Select(f => f.Line.Tiles).ShouldBe([new TilePlan(32, 32, 8), new TilePlan(32, 32, 8)]);
        _othersUnderWay = false;
        (await Take(batcher)).Single().Line.Tiles.ShouldBeNull();
        (await Take(batcher)).Single().Line.Tiles.ShouldBe(new TilePlan(32, 32, 4));
    }

    [Fact]
    public async Task Take_TwoGroupsOfCameras_AreNeverMixed()
    {
        using CameraGroup top = TestGroup.Create(), seam = TestGroup.Create();
        var batcher = Create(maxBatch: 2);
        Add(batcher, 1, group: top);
        Add(batcher, 1, group: seam);
        Add(batcher, 1, group: top);

        (await Take(batcher)).Select(f => f.Line.Group).ShouldBe([top, top]);
        _othersUnderWay = false;
        (await Take(batcher)).Single().Line.Group.ShouldBe(seam);
    }

    [Fact]
    public async Task Take_Suspect_IsAlone()
    {
        var batcher = Create(maxBatch: 4);
        Add(batcher, 1);
        Add(batcher, 1, suspect: true);
        Add(batcher, 1);

        (await Take(batcher)).Single().IsSuspect.ShouldBeTrue();
        _othersUnderWay = false;
        (await Take(batcher)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Take_Cancelled_Throws()
    {
        using CancellationTokenSource stop = new();
        var take = Create(maxBatch: 2).TakeAsync(stop.Token).AsTask();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => take);
    }

    private static void Add(Batcher batcher, int frames, int width = 64, bool suspect = false, TilePlan? tiles = null, CameraGroup? group = null)
    {
        for (var i = 0; i < frames; i++)
        {
            var frame = InFlight.Create($"f{i}", tiles: tiles, group: group);
            (frame.Width, frame.Height, frame.IsSuspect) = (width, 64, suspect);
            batcher.Add(frame);
        }
    }

    private static Task<IReadOnlyList<FrameInFlight>> Take(Batcher batcher)
        => batcher.TakeAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private Batcher Create(int maxBatch) => new(maxBatch, Delay, () => _othersUnderWay, _time);
}
