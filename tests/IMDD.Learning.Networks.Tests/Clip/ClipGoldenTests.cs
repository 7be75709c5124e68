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
        var configuration = WithActivation(ClipConfiguration.Parse(golden.Configuration, name), golden.Files.Metadata.GetValueOrDefault("activation"));
        golden.Files.Metadata.GetValueOrDefault("pooling", "largest token id").ShouldContain("largest token id");
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

    // The arguments of OpenAI's constructor do not say it; where the file does not either, it is as the configuration has it.
    private static ClipConfiguration WithActivation(ClipConfiguration configuration, string? activation)
    {
        bool? quick = activation switch
        {
            null => null,
            "quick_gelu" => true,
            "gelu" => false,
            _ => throw new NotSupportedException($"activation is {activation}; expected quick_gelu or gelu"),
        };
        var (text, vision) = (configuration.Text, configuration.Vision);
        return configuration with
        {
            Text = text with { Tower = text.Tower with { QuickGelu = quick ?? text.Tower.QuickGelu } },
            Vision = vision with { Tower = vision.Tower with { QuickGelu = quick ?? vision.Tower.QuickGelu } },
        };
    }
}
