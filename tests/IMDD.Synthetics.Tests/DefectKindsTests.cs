using IMDD.Contracts.Identity;

namespace IMDD.Synthetics.Tests;

public sealed class DefectKindsTests
{
    [Fact]
    public void All_HasTwelveOpenAndFourReservedKindsWithDistinctNames()
    {
        DefectKinds.Open.Count.ShouldBe(12);
        DefectKinds.Reserved.Count.ShouldBe(4);
        DefectKinds.All.Select(k => k.Name()).Distinct().Count().ShouldBe(16);
        DefectKinds.All.ShouldAllBe(k => NamePart.IsValid(k.Name()));
    }

    [Fact]
    public void For_AnyTexture_NamesOnlyOpenKindsAndTogetherAllOfThem()
    {
        var named = Enum.GetValues<SurfaceTexture>().SelectMany(DefectKinds.For).Distinct().Order();

        named.ShouldBe(DefectKinds.Open.Order());
    }

    [Fact]
    public void TryParse_EveryName_RoundTripsAndOthersFail()
    {
        foreach (var kind in DefectKinds.All)
        {
            DefectKinds.TryParse(kind.Name().ToUpperInvariant(), out var parsed).ShouldBeTrue();
            parsed.ShouldBe(kind);
        }

        DefectKinds.TryParse("missing part", out _).ShouldBeFalse();
        DefectKinds.TryParse("", out _).ShouldBeFalse();
    }
}
