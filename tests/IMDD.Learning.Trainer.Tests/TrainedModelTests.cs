using IMDD.Inference.Bundles;
using IMDD.Learning.Training.Models;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>Commands that start from a trained model take no bundle that is not what its manifest says.</summary>
public sealed class TrainedModelTests
{
    private const string Data = "synthetic:seed=9,count=6,size=64,textures=cast,defective=1,names=base";

    private static readonly string Shipped = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");

    [Theory]
    [InlineData("edge", "--from")]
    [InlineData("eval", "--model")]
    [InlineData("naming", "--model")]
    public async Task Command_BundleThatWasTamperedWith_NamesTheFile(string command, string option)
    {
        using TestDirectory directory = new();
        foreach (var file in Directory.GetFiles(Shipped, "*", SearchOption.AllDirectories))
        {
            Copy(directory, Path.GetRelativePath(Shipped, file));
        }

        await File.AppendAllTextAsync(directory.File($"model/{EdgeModel.DescriptionFile}"), " ", TestContext.Current.CancellationToken);
        string[] brief = command == "edge" ? ["--crop", "64", "--batch", "2", "--steps", "1", "--out", directory.File("out")] : [];
        StringWriter error = new();

        (await TrainerCommand.RunAsync(["train", command, option, directory.File("model"), "--data", Data, .. brief], TextWriter.Null, error)).ShouldBe(1);

        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(EdgeModel.DescriptionFile);
        Directory.Exists(directory.File("out")).ShouldBeFalse();
    }

    /// <summary>What a training saves without an export has no manifest to be checked by.</summary>
    [Fact]
    public async Task Eval_WeightsAndDescriptionAlone_AreMeasured()
    {
        using TestDirectory directory = new();
        Copy(directory, EdgeModel.DescriptionFile);
        Copy(directory, EdgeModel.WeightsFile);
        StringWriter error = new();

        (await TrainerCommand.RunAsync(["train", "eval", "--model", directory.File("model"), "--data", Data, "--split", "all"], TextWriter.Null, error)).ShouldBe(0, error.ToString());

        File.Exists(directory.File($"model/{ModelBundle.ManifestFile}")).ShouldBeFalse();
    }

    private static void Copy(TestDirectory directory, string file)
    {
        var target = directory.File(Path.Combine("model", file));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(Shipped, file), target);
    }
}
