using IMDD.Contracts.Identity;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;
using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

/// <summary>The digest of what a model was trained from is of what pictures show.</summary>
public sealed class PictureContentTests
{
    private static readonly TrainingData Data = TrainingPictures.Data(train: 6, validation: 3);

    [Fact]
    public void Digest_SamePicturesByOtherNamesInAnotherOrder_IsTheSame()
    {
        var digest = Data.Digest();

        ContentDigest.IsValid(digest).ShouldBeTrue();
        (Data with { Names = ["elsewhere"], Train = [.. Data.Train.Reverse().Select(p => p with { Id = "x" + p.Id, Dataset = 3 })] }).Digest().ShouldBe(digest);
    }

    [Fact]
    public void Digest_AnythingElseOfThem_IsAnother()
    {
        var defective = Data.Train.First(p => p.IsDefective);
        byte[] rgb = [.. defective.Rgb], mask = [.. defective.Mask!], classes = [.. defective.Classes!];
        rgb[7] ^= 1;
        mask[0] ^= 255;
        classes[Array.FindIndex(classes, c => c != 0)] ^= 3;
        TrainingData[] others =
        [
            Data with { Train = [.. Data.Train.SkipLast(1)] },
            Data with { Train = [.. Data.Train, Data.Train[0]] },
            Data with { Validation = [.. Data.Validation.Skip(1)] },
            Data with { Train = [.. Data.Train, Data.Validation[0]], Validation = [.. Data.Validation.Skip(1)] },
            With(defective with { Rgb = rgb }),
            With(defective with { Reference = defective.Rgb }),
            With(defective with { Mask = mask }),
            With(defective with { Boxes = [new Box(1, 2, 3, 4)] }),
            With(defective with { Classes = classes }),
            Data with { Classes = [new TrainedClass("crack", "crack", [], "minor"), Data.Classes[1]] },
        ];

        others.Select(o => o.Digest()).Append(Data.Digest()).Distinct().Count().ShouldBe(others.Length + 1);
    }

    [Theory]
    [InlineData("1.2.3+be394b84ab8e7c56903d8e38e8420a52932fa678", "be394b84ab8e7c56903d8e38e8420a52932fa678")]
    [InlineData("1.2.3", null)]
    [InlineData("1.2.3+local", null)]
    [InlineData(null, null)]
    public void Commit_OfABuildsVersion_IsWhatFollowsThePlus(string? version, string? commit) => BuildCommit.Of(version).ShouldBe(commit);

    private static TrainingData With(TrainingPicture changed)
        => Data with { Train = [.. Data.Train.Select(p => p.Id == changed.Id ? changed : p)] };
}
