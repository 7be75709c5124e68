using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Clip;

public sealed class ClipGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("clip-tiny*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void Towers_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var configuration = ClipConfiguration.Parse(golden.Configuration, name);
        using ClipModel clip = new(configuration);
        using ClipText text = new(configuration.Text);
        ModuleWeights.Load(clip, golden.Files, GoldenTensors.Weights(WeightNames.HuggingFaceClip)).RequireExactly();
        ModuleWeights.Load(text, golden.Files, GoldenTensors.Weights(WeightNames.HuggingFaceClip));
        var ids = golden["input.token_ids"];

        var images = clip.EmbedImage(golden["input.pixel_values"]);
        var texts = clip.EmbedText(ids);

        golden.ShouldMatch(text.States(ids), "output.text_last_hidden_state");
        golden.ShouldMatch(texts, "output.text_embeds_unnormalised");
        golden.ShouldMatch(images, "output.image_embeds_unnormalised");
        golden.ShouldMatch(clip.Logits(images, texts), "output.logits_per_image");
    }
}
