using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

public sealed class TensorComparisonTests
{
    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.NaN, double.PositiveInfinity)]
    [InlineData(1.01, 1)]
    public void ShouldBeWithin_OneElementAway_Fails(double actual, double expected)
    {
        using var scope = NewDisposeScope();

        Should.Throw<ShouldAssertException>(() => tensor(new[] { 0, actual, 2 }).ShouldBeWithin(tensor(new[] { 0, expected, 2 }), 1e-3, "x")).Message.ShouldContain("x");
        Should.Throw<ShouldAssertException>(() => tensor(new[] { expected, actual }).ShouldBeWithin(expected, 1e-3));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(0.0, -0.0)]
    [InlineData(1.0009, 1)]
    public void ShouldBeWithin_BothTheSame_Holds(double actual, double expected)
    {
        using var scope = NewDisposeScope();

        tensor(new[] { 0, actual }).ShouldBeWithin(tensor(new[] { 0, expected }), 1e-3);
    }
}
