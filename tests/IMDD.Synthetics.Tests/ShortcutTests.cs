namespace IMDD.Synthetics.Tests;

/// <summary>A model must have to look at defects: block statistics alone must not tell bad frames from good ones.</summary>
public sealed class ShortcutTests(ITestOutputHelper output)
{
    private const int Frames = 400;
    private const double Limit = 0.8;

    // The extremes of 8 × 8 pixel blocks, wherever they are: a harder question than the one above, kept from drifting.
    private const double LimitForExtremes = 0.87;

    [Theory]
    [InlineData(SurfaceTexture.BrushedMetal)]
    [InlineData(SurfaceTexture.Cast)]
    [InlineData(SurfaceTexture.Fabric)]
    [InlineData(SurfaceTexture.Glass)]
    [InlineData(SurfaceTexture.Wood)]
    [InlineData(SurfaceTexture.Pcb)]
    public void Generate_LinearProbeOnBlockStatistics_DoesNotSeparateDefectiveFrames(SurfaceTexture texture)
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = 256, Height = 256, DefectRate = 0.5, ProductSeed = 11 });
        var samples = Enumerable.Range(0, Frames).Select(i => generator.Generate((ulong)i)).Select(s =>
            (Grid: BlockStatistics.Grid(s), Pooled: BlockStatistics.Pooled(s), Defective: s.Defects.Count > 0)).ToList();

        var grid = Auroc([.. samples.Select(s => (s.Grid, s.Defective))], ridge: 0.3);
        var pooled = Auroc([.. samples.Select(s => (s.Pooled, s.Defective))], ridge: 0.01);

        output.WriteLine($"{texture}: grid {grid:F3}, pooled {pooled:F3}");
        grid.ShouldBeLessThan(Limit);
        pooled.ShouldBeLessThan(LimitForExtremes);
    }

    [Fact]
    public void RidgeProbe_FramesThatDoDifferInAStatistic_AreSeparated()
    {
        // The probe itself must be able to fail the generator: brightness tied to the label is found at once.
        Random random = new(5);
        List<(double[] Features, bool Label)> data = [.. Enumerable.Range(0, Frames).Select(i =>
            (Enumerable.Range(0, 30).Select(j => random.NextDouble() + (j == 7 && i % 2 == 0 ? 0.5 : 0)).ToArray(), i % 2 == 0))];

        Auroc(data, ridge: 0.1).ShouldBeGreaterThan(0.85);
    }

    private static double Auroc(List<(double[] Features, bool Label)> data, double ridge)
    {
        var half = data.Count / 2;
        RidgeProbe probe = new([.. data.Take(half).Select(d => d.Features)], [.. data.Take(half).Select(d => d.Label)], ridge);
        return RidgeProbe.Auroc([.. data.Skip(half).Select(d => probe.Score(d.Features))], [.. data.Skip(half).Select(d => d.Label)]);
    }
}
