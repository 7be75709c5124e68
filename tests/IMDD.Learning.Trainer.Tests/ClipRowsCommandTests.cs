using System.Text.Json;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks.Text;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Tests;
using IMDD.Testing;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>Commands over a model whose rows are made with a CLIP: which need it, and which do not.</summary>
public sealed class ClipRowsCommandTests
{
    private const string Data = "synthetic:seed=5,count=48,size=96,textures=cast";

    private static readonly string[] Training = ["--data", Data, "--size", "nano", "--crop", "64", "--batch", "4", "--seed", "3"];

    [Fact]
    public async Task Commands_OverAModelOfClip_NeedItForNewWordsAlone()
    {
        using TestDirectory directory = new();
        var (folder, model) = (TinyClip.Write(directory.File("clip")), directory.File("model"));
        string[] clip = ["--clip", folder, "--tokenizer", folder];
        ClipReference reference;
        using (var embedder = ClipTextEmbedder.Open(folder, folder))
        {
            reference = embedder.Reference;
        }

        var trained = await Met(["train", "edge", .. Training, "--steps", "160", "--out", model, .. clip]);

        // What is said of the classes that it has needs no CLIP.
        (await Met("train", "eval", "--model", model, "--data", Data, "--split", "all")).GetProperty("images").GetInt32().ShouldBe(48);
        (await Met("train", "export", "--model", model, "--out", directory.File("again"))).GetProperty("digest").GetString().ShouldBe(trained.GetProperty("digest").GetString());

        // What is to be learned with further words does.
        string[] on = ["train", "edge", .. Training, "--from", model, "--steps", "3", "--out", directory.File("on")];
        (await Refused(1, on)).ShouldContain(reference.Weights);
        var other = TinyClip.Write(directory.File("other"), seed: 2);
        (await Refused(1, [.. on, "--clip", other, "--tokenizer", folder])).ShouldContain(Path.Combine(other, "model.safetensors"));
        (await Met([.. on, .. clip])).GetProperty("parent").GetString().ShouldBe(trained.GetProperty("digest").GetString());
        string[] naming = ["train", "naming", "--model", model, "--data", "synthetic:seed=9,count=12,size=96,defective=1,names=base"];
        (await Refused(1, naming)).ShouldContain(reference.Weights);
        (await Met([.. naming, .. clip])).EnumerateObject().ShouldContain(figure => figure.Name.StartsWith("naming_", StringComparison.Ordinal));

        // No word of it was seen, which is nothing to CLIP.
        string[] word = ["train", "word", "--model", model, "--name", "gloopy bits", "--frozen", Data, "--split", "all", "--max-lost", "100", "--out", directory.File("word")];
        (await Refused(1, word)).ShouldContain("'gloopy bits'");
        var named = await Met([.. word, .. clip]);

        named.GetProperty("class_id").GetString().ShouldBe("gloopy-bits");
        named.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("name").GetString()).ShouldBe(["parity", "old-names", "old-names-worst"]);
        var (before, after) = (ModelBundle.Open(model), ModelBundle.Open(directory.File("word")));
        after.Manifest.Files.Except(before.Manifest.Files).Select(file => file.Path)
            .ShouldBe([EdgeModel.ClipTextsFile, EdgeModel.DescriptionFile, ModelBundle.TextFile], ignoreOrder: true);
        after.Manifest.TextEncoder.ShouldBe(before.Manifest.TextEncoder);
        using var loaded = EdgeModel.Load(after.Directory);
        using var rows = loaded.Rows();
        rows.data<float>().ToArray().ShouldBe(after.Text.Values.ToArray(), 1e-6);
    }

    [Fact]
    public async Task Clip_ThatCannotBeUsed_OneLineSaysWhy()
    {
        using TestDirectory directory = new();
        var folder = TinyClip.Write(directory.File("clip"));
        string[] train = ["train", "edge", .. Training, "--steps", "3", "--out", directory.File("never")];

        (await Refused(2, [.. train, "--clip", folder])).ShouldContain("--clip and --tokenizer go together");
        (await Refused(1, [.. train, "--clip", "/nowhere", "--tokenizer", folder])).ShouldContain("/nowhere: no such folder");
        (await Refused(1, [.. train, "--clip", folder, "--tokenizer", directory.Path])).ShouldContain("vocab.json: no such file");
        var letters = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");
        (await Refused(1, "train", "word", "--model", letters, "--name", "gloopy bits", "--frozen", Data, "--split", "all", "--out", directory.File("never"), "--clip", folder, "--tokenizer", folder))
            .ShouldContain("of letters: expected no CLIP");
        File.Delete(Path.Combine(folder, "config.json"));
        (await Refused(1, [.. train, "--clip", folder, "--tokenizer", folder])).ShouldContain("config.json: no such file");
        Directory.Exists(directory.File("never")).ShouldBeFalse();
    }

    private static async Task<JsonElement> Met(params string[] arguments)
    {
        StringWriter output = new(), error = new();
        (await TrainerCommand.RunAsync([.. arguments, "--json"], output, error)).ShouldBe(0, error.ToString() + output);
        return JsonDocument.Parse(output.ToString().Trim().Split('\n')[^1]).RootElement;
    }

    private static async Task<string> Refused(int exitCode, params string[] arguments)
    {
        StringWriter output = new(), error = new();
        (await TrainerCommand.RunAsync(arguments, output, error)).ShouldBe(exitCode, error.ToString() + output);
        return error.ToString();
    }
}
