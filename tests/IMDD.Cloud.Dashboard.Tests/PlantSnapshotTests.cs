using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class PlantSnapshotTests
{
    private static readonly string Digest = ContentDigest.Of("picture"u8);

    [Fact]
    public void WithFailedFrames_OutOfOrder_NewestFirstAndBounded()
    {
        var snapshot = new PlantSnapshot().WithFailedFrames(new[] { 2, 5, 1, 4, 3 }.Select(i => SampleData.Failed(i, Digest)), limit: 3);

        snapshot.FailedFrames.Select(view => view.Defect.FrameId).ShouldBe(["b1-5", "b1-4", "b1-3"]);
    }

    [Fact]
    public void WithFailedFrames_SameFrameAgain_SameSnapshot()
    {
        var snapshot = new PlantSnapshot().WithFailedFrames([SampleData.Failed(1, Digest)], limit: 3);

        snapshot.WithFailedFrames([SampleData.Failed(1, Digest)], limit: 3).ShouldBeSameAs(snapshot);
    }

    [Fact]
    public void WithFailedFrames_PictureStoredSince_Replaced()
    {
        var before = new PlantSnapshot().WithFailedFrames([SampleData.Failed(1, Digest, uri: null)], limit: 3);
        var after = before.WithFailedFrames([SampleData.Failed(1, Digest)], limit: 3);

        before.FailedFrames.Single().PictureStored.ShouldBeFalse();
        after.FailedFrames.Single().PictureStored.ShouldBeTrue();
    }

    [Fact]
    public void Description_OfFrame_NamesDefectSeverityAndPlace()
    {
        var view = new FailedFrameView(SampleData.Failed(7, Digest));

        view.Description.ShouldBe("Frame b1-7 of camera cam1: scratch, major, score 0.94, top centre.");
    }

    [Theory]
    [InlineData("sha256:zz")]
    [InlineData("../../etc/passwd")]
    public void PictureStored_DigestMalformed_NoPictureIsAskedFor(string digest)
        => new FailedFrameView(SampleData.Failed(1, digest)).PictureStored.ShouldBeFalse();
}
