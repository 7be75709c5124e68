using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Tests.Graph;

public sealed class OnnxDimensionTests
{
    private static readonly OnnxDimension Any = OnnxDimension.Symbolic("W");
    private static readonly OnnxDimension Even = OnnxDimension.Symbolic("H", 32);

    [Fact]
    public void FloorDividedBy_KnownMultiple_LeavesNoFloor()
    {
        // A convolution of three with stride two and padding one, again and again.
        var dimension = Even;
        foreach (var expected in new[] { "H/2", "H/4", "H/8", "H/16", "H/32" })
        {
            dimension = dimension.Plus(-1).FloorDividedBy(2).Plus(1);
            dimension.ToString().ShouldBe(expected);
        }

        dimension.Plus(-1).FloorDividedBy(2).Plus(1).ToString().ShouldBe("floor((H/32-1)/2)+1");
    }

    [Fact]
    public void FloorDividedBy_UnknownLength_IsASymbolThatEqualsItself()
    {
        var half = Any.Plus(1).FloorDividedBy(2);

        half.ToString().ShouldBe("floor((W+1)/2)");
        half.ShouldBe(Any.Plus(2).Plus(-1).FloorDividedBy(2));
        half.ShouldNotBe(Any.FloorDividedBy(2));
    }

    [Theory]
    [InlineData(7, 2, 3)]
    [InlineData(8, 2, 4)]
    [InlineData(0, 3, 0)]
    public void FloorDividedBy_Number_DropsTheRest(long value, long divisor, long expected)
        => OnnxDimension.Of(value).FloorDividedBy(divisor).Value.ShouldBe(expected);

    [Fact]
    public void Times_Symbols_GiveOneSymbol() => Any.Plus(1).Times(Even).ToString().ShouldBe("(W+1)*H");

    [Fact]
    public void Times_Offset_IsScaledToo() => Any.Plus(-2).Times(3).ToString().ShouldBe("3*W-6");

    [Fact]
    public void Plus_TwoSymbols_GivesOneSymbol() => Any.Plus(Even).ToString().ShouldBe("W+H");

    [Fact]
    public void Plus_MoreThanThereIs_IsAnError()
        => Should.Throw<OnnxGraphException>(() => OnnxDimension.Of(3).Plus(-4)).Message.ShouldContain("3 cannot lose 4");

    [Fact]
    public void DividedBy_OffsetThatLeavesARest_IsAnError() => Should.Throw<OnnxGraphException>(() => Even.Plus(1).DividedBy(2));
}
