using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Masks;

public sealed class OpenVocabularyHeadTests
{
    private static readonly OpenVocabularyOptions Options = new(Width: 16, MaskWidth: 12, TextWidth: 20, EmbeddingWidth: 8);

    [Fact]
    public void Score_MasksAndRows_AreScaledCosinesWithNoObjectLast()
    {
        using var scope = NewDisposeScope();
        using OpenVocabularyHead head = new(Options);
        var (prediction, features) = Prediction();
        var rows = head.Rows(randn(3, 20));
        var embeddings = head.Embed(prediction, features);

        var scores = head.Score(embeddings, rows);

        scores.shape.ShouldBe([2, 5, 4]);
        embeddings.square().sum(2).allclose(ones(2, 5)).ShouldBeTrue();
        var expected = head.Scale() * embeddings.matmul(head.NoObjectRow().t());
        scores.narrow(2, 3, 1).allclose(expected).ShouldBeTrue();
        head.Scale().item<float>().ShouldBe(1 / 0.07f, 1e-4f);
    }

    [Fact]
    public void Score_OneMoreRow_LeavesTheOthersAsTheyWere()
    {
        using var scope = NewDisposeScope();
        using OpenVocabularyHead head = new(Options);
        var (prediction, features) = Prediction();
        var rows = head.Rows(randn(4, 20));
        var embeddings = head.Embed(prediction, features);

        head.Score(embeddings, rows).narrow(2, 0, 3).allclose(head.Score(embeddings, rows.narrow(0, 0, 3)).narrow(2, 0, 3)).ShouldBeTrue();
    }

    [Fact]
    public void Score_EveryParameter_GetsAGradient()
    {
        using var scope = NewDisposeScope();
        using OpenVocabularyHead head = new(Options);
        var (prediction, features) = Prediction();

        nn.functional.cross_entropy(head.Score(head.Embed(prediction, features), head.Rows(randn(3, 20))).flatten(0, 1), randint(4, [10], int64)).backward();

        head.named_parameters().Where(pair => pair.parameter.grad is not { } grad || grad.abs().max().item<float>() == 0).Select(pair => pair.name).ShouldBeEmpty();
    }

    [Fact]
    public void StartNoObjectAt_EmptyText_IsItsRow()
    {
        using var scope = NewDisposeScope();
        using OpenVocabularyHead head = new(Options);
        var empty = randn(20);

        head.StartNoObjectAt(empty);

        head.NoObjectRow().allclose(head.Rows(empty.unsqueeze(0))).ShouldBeTrue();
    }

    [Fact]
    public void Pooling_Masks_AreMeansOfTheirPixels()
    {
        using var scope = NewDisposeScope();
        var (prediction, features) = Prediction();
        prediction.Masks[0, 1].fill_(-1);

        var pooled = MaskPooling.Of(prediction.Masks, features);

        for (var query = 0; query < 5; query++)
        {
            var inside = prediction.Masks[0, query].gt(0);
            var expected = query == 1 ? zeros(12) : features[0].masked_select(inside).view(12, -1).mean([1]);
            pooled[0, query].allclose(expected, atol: 1e-5).ShouldBeTrue();
        }
    }

    [Fact]
    public void BestOfNames_Synonyms_GiveTheirClassTheBest()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 1, 5, 3, 4, -1 }).view(1, 1, 5);

        OpenVocabularyHead.BestOfNames(logits, [0, 0, 1, 1]).flatten().data<float>().ToArray().ShouldBe([5, 4, -1]);
        Should.Throw<ArgumentException>(() => OpenVocabularyHead.BestOfNames(logits, [0, 0, 2, 2])).Message.ShouldContain("Class 1");
        Should.Throw<ArgumentException>(() => OpenVocabularyHead.BestOfNames(logits, [0])).Message.ShouldContain("expected 4");
    }

    private static (MaskPrediction Prediction, Tensor Features) Prediction()
    {
        using Generator generator = new(5);
        return (
            new MaskPrediction(randn([2, 5, 16], generator: generator), null, randn([2, 5, 6, 7], generator: generator)),
            randn([2, 12, 6, 7], generator: generator));
    }
}
