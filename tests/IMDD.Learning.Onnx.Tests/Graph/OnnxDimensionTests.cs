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
    public void Times_InAnyOrder_IsTheSame()
    {
        var third = OnnxDimension.Symbolic("C");

        Any.Times(Even).ToString().ShouldBe("H*W");
        Even.Times(Any).ShouldBe(Any.Times(Even));
        third.Times(Any).Times(Even).ShouldBe(Any.Times(Even).Times(third));
        Even.DividedBy(4).Times(Any.Times(2)).ShouldBe(Any.Times(Even).DividedBy(2));
        Even.Plus(2).Times(3).Times(Any).ShouldBe(Any.Times(Even.Plus(2)).Times(3));
    }

    [Fact]
    public void Plus_TwoSymbols_GivesOneSymbol() => Any.Plus(Even).ToString().ShouldBe("H+W");

    [Fact]
    public void Plus_InAnyOrder_IsTheSame()
    {
        Even.Plus(Any).ShouldBe(Any.Plus(Even));
        Any.Plus(1).Plus(Even).Plus(Any).ShouldBe(Even.Plus(Any.Times(2)).Plus(1));
        Any.Plus(1).Plus(Even).Plus(Any).ToString().ShouldBe("2*W+H+1");
    }

    /// <summary>Else twice a sum would have the name of the sum of the one and twice the other.</summary>
    [Fact]
    public void TimesAndFloorDividedBy_Sums_StandInBrackets()
    {
        Any.Plus(Even).Times(2).ToString().ShouldBe("2*(H+W)");
        Any.Plus(Even).Times(Any).ToString().ShouldBe("(H+W)*W");
        Any.Plus(Even).FloorDividedBy(2).ToString().ShouldBe("floor((H+W)/2)");
    }

    [Fact]
    public void Symbolic_OneNameOfTwoMultiples_IsOneNumber()
    {
        var same = OnnxDimension.Symbolic("H");

        same.ShouldBe(Even);
        same.GetHashCode().ShouldBe(Even.GetHashCode());
    }

    [Fact]
    public void Plus_MoreThanThereIs_IsAnError()
        => Should.Throw<OnnxGraphException>(() => OnnxDimension.Of(3).Plus(-4)).Message.ShouldContain("3 cannot lose 4");

    [Fact]
    public void DividedBy_OffsetThatLeavesARest_IsAnError() => Should.Throw<OnnxGraphException>(() => Even.Plus(1).DividedBy(2));
}
