using System.Text.Json;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Masks;

public sealed class MaskGeneratorGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("mask-generator-*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void Predict_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var config = golden.Fields(
            "in_channels", "strides", "conv_dim", "hidden_dim", "mask_dim", "num_queries", "dec_layers", "nheads", "dim_feedforward", "num_classes", "norm",
            "pre_norm", "enforce_input_project");
        Text(config, "norm", "GN").ShouldBe("GN");
        IsSet(config, "pre_norm").ShouldBeFalse("norms come after");
        IsSet(config, "enforce_input_project").ShouldBeFalse("projections stand where widths differ");
        MaskGeneratorOptions options = new(
            [.. config.GetProperty("in_channels").EnumerateArray().Select(channels => channels.GetInt32())],
            config.GetProperty("conv_dim").GetInt32(),
            config.GetProperty("hidden_dim").GetInt32(),
            config.GetProperty("num_queries").GetInt32(),
            config.GetProperty("dec_layers").GetInt32(),
            config.GetProperty("nheads").GetInt32(),
            config.GetProperty("dim_feedforward").GetInt32(),
            config.TryGetProperty("mask_dim", out var mask) ? mask.GetInt32() : (int)golden.Files.Tensors["weights.pixel_decoder.mask_features.weight"].Entry.Shape[0],
            config.GetProperty("num_classes").GetInt32());
        using MaskGenerator generator = new(options);
        ModuleWeights.Load(generator, golden.Files, GoldenTensors.Weights(WeightNames.DiffusersUnet)).RequireExactly();

        var pixels = generator.Pixels([.. Enumerable.Range(1, options.InChannels.Count).Select(input => golden[$"input.s{input}"])]);
        var predictions = generator.Predict(pixels);

        golden.ShouldMatch(pixels.Mask, "output.mask_features");
        for (var level = 0; level < pixels.Levels.Count; level++)
        {
            golden.ShouldMatch(pixels.Levels[level], $"output.multi_scale.{level}");
        }

        golden.ShouldMatch(predictions[^1].Classes!, "output.pred_logits");
        golden.ShouldMatch(predictions[^1].Masks, "output.pred_masks");
        predictions.Count.ShouldBe(options.Layers + 1);
        for (var layer = 0; layer < options.Layers; layer++)
        {
            golden.ShouldMatch(predictions[layer].Masks, $"output.aux.{layer}.pred_masks");
            if (golden.Files.Tensors.ContainsKey($"output.aux.{layer}.pred_logits"))
            {
                golden.ShouldMatch(predictions[layer].Classes!, $"output.aux.{layer}.pred_logits");
            }
        }
    }

    private static string Text(JsonElement config, string name, string byDefault) => config.TryGetProperty(name, out var value) ? value.GetString()! : byDefault;

    private static bool IsSet(JsonElement config, string name) => config.TryGetProperty(name, out var value) && value.GetBoolean();
}
