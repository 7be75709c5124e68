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

        var similarity = GroundingLoss.Similarity(golden["input.mask_embed"], golden["input.word_embed"], golden["input.logit_scale"]);

        golden.ShouldMatch(similarity, "output.image_text_similarity");
        golden.ShouldMatch(GroundingLoss.Of(similarity).view(1), "output.loss");
    }
}
