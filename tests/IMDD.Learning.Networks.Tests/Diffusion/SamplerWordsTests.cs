namespace IMDD.Learning.Networks.Tests.Diffusion;

public sealed class SamplerWordsTests
{
    [Fact]
    public void Read_EveryForm_IsUnderstood()
    {
        var words = SamplerWords.Read("eta=0.5, clip_sample=False, order 2, lower_order_final, 12 steps", "eta", "clip_sample", "order", "lower_order_final", "solver_type");

        words.Steps.ShouldBe(12);
        words.Number("eta", 0).ShouldBe(0.5);
        words.Flag("clip_sample", true).ShouldBeFalse();
        words.Flag("lower_order_final", false).ShouldBeTrue();
        words.Whole("order", 1).ShouldBe(2);
        words.Text("solver_type", "midpoint").ShouldBe("midpoint");
        SamplerWords.Read(null).Steps.ShouldBeNull();
    }

    [Fact]
    public void Read_UnknownWord_IsRefusedByName()
        => Should.Throw<ShouldAssertException>(() => SamplerWords.Read("eta=0, thresholding=True", "eta")).Message.ShouldContain("thresholding");
}
