using System.Text.Json;
using IMDD.Learning.Networks.Losses;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Losses;

public sealed class GroundingLossGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("grounding-loss*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void Loss_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();

        var config = golden.Fields("logit_scale", "softmax", "words");
        Text(config, "words", "all valid").ShouldStartWith("all valid");
        var scale = Text(config, "logit_scale", "the multiplier itself");
        scale.ShouldContain("multiplier itself");
        var over = Text(config, "softmax", "over queries").Split(',')[0];
        var (masks, words, multiplier) = (golden["input.mask_embed"], golden["input.word_embed"], golden["input.logit_scale"]);
        var temperature = 1 / multiplier.item<float>();

        var similarity = over switch
        {
            "over queries" => GroundingLoss.Similarity(masks, words, multiplier),
            "over words" => GroundingLoss.PaperSimilarity(masks, words, temperature),
            _ => throw new NotSupportedException($"{name}: softmax is '{over}'"),
        };

        golden.ShouldMatch(similarity, "output.image_text_similarity");
        golden.ShouldMatch((over == "over queries" ? GroundingLoss.Of(similarity) : GroundingLoss.PaperOf(similarity, temperature)).view(1), "output.loss");
        golden.ShouldHaveNoOtherOutputs("output.image_text_similarity", "output.loss");
    }

    private static string Text(JsonElement config, string name, string byDefault) => config.TryGetProperty(name, out var value) ? value.GetString()! : byDefault;
}
