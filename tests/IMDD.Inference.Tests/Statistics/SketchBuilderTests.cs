using IMDD.Contracts.Events;
using IMDD.Inference.Statistics;

namespace IMDD.Inference.Tests.Statistics;

public sealed class SketchBuilderTests
{
    [Fact]
    public void Build_AfterManyFrames_CountsAllAndDrawsEvenly()
    {
        const int Frames = 1000, Kept = 20, Rounds = 200;
        double early = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            SketchBuilder builder = new(Kept, seed);
            for (var i = 0; i < Frames; i++)
            {
                builder.Add(new FrameMeasures(100, 10, 2), i < Frames / 4 ? [1, 0] : [0, 2]);
            }

            var sketch = builder.Build();
            sketch.Frames.ShouldBe(Frames);
            sketch.Histograms[StatisticName.Contrast].Sum().ShouldBe(Frames);
            sketch.Embeddings.Count.ShouldBe(Kept);
            early += sketch.Embeddings.Count(e => e[0] == 1);
        }

        // A quarter of the frames: 4,000 draws with a standard deviation of 0.7 %.
        (early / (Rounds * Kept)).ShouldBe(0.25, 0.03);
    }

    [Fact]
    public void Build_MeasuredAgainWithTheSameSeed_IsTheSame()
    {
        static StatisticsSketch Sketch()
        {
            SketchBuilder builder = new(4, seed: 7);
            for (var i = 0; i < 50; i++)
            {
                builder.Add(new FrameMeasures(i, i, i), [i, 1]);
            }

            return builder.Build();
        }

        ImddJson.Serialize(Sketch()).ShouldBe(ImddJson.Serialize(Sketch()));
    }

    [Fact]
    public void Build_HostileValues_IsASketchThatMayBeSent()
    {
        SketchBuilder builder = new(64, seed: 1);
        for (var i = 0; i < 500; i++)
        {
            builder.Add(new FrameMeasures(double.NaN, double.PositiveInfinity, -1), i % 2 == 0 ? [0, 0, 0] : [float.NaN, 1, 1]);
            builder.Decided(i % 3 == 0 ? null : double.NaN, "pass", $"class {i}");
        }

        builder.Add(default, Enumerable.Repeat(1f, 2000).ToArray());
        var sketch = builder.Build();

        CameraStatisticsEvent.Fault(sketch).ShouldBeNull();
        sketch.Classes.Count.ShouldBe(StatisticsSketch.MaxNames + 1);
        sketch.Classes.Values.Sum().ShouldBe(500);
        sketch.Embeddings.ShouldHaveSingleItem().Count.ShouldBe(2000);
    }

    [Fact]
    public void Build_LongEmbeddings_KeepsAsManyAsFit()
    {
        SketchBuilder builder = new(64, seed: 1);
        for (var i = 0; i < 100; i++)
        {
            builder.Add(default, Enumerable.Repeat(1f, 1000).ToArray());
        }

        builder.Build().Embeddings.Count.ShouldBe(StatisticsSketch.MaxEmbeddingNumbers / 1000);
    }
}
