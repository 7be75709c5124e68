using IMDD.Cloud.Curator.Agreement;
using IMDD.Cloud.Curator.Labels;

namespace IMDD.Cloud.Curator.Tests;

public sealed class KappaTests
{
    [Fact]
    public void Kappa_TheTextbooksTable_ItsValue()
    {
        // 50 proposals judged by two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no. p_o = 0.7, p_e = 0.5.
        List<(string, string)> pairs =
        [
            .. Enumerable.Repeat(("yes", "yes"), 20), .. Enumerable.Repeat(("yes", "no"), 5),
            .. Enumerable.Repeat(("no", "yes"), 10), .. Enumerable.Repeat(("no", "no"), 15),
        ];

        var (observed, kappa) = CohensKappa.Of(pairs);

        observed.ShouldBe(0.7, 1e-12);
        kappa!.Value.ShouldBe(0.4, 1e-12);
    }

    [Fact]
    public void Kappa_AlwaysTheSame_1_AlwaysTheOpposite_Minus1_OneWordOnly_NothingCanBeSaid()
    {
        CohensKappa.Of([("a", "a"), ("b", "b")]).Kappa.ShouldBe(1);
        CohensKappa.Of([("a", "b"), ("b", "a")]).Kappa.ShouldBe(-1);
        CohensKappa.Of([("a", "a"), ("a", "a")]).ShouldBe((1, null));
    }

    [Theory]
    [InlineData("Paint Run", "paint-run")]
    [InlineData(" scratch_2 ", "scratch-2")]
    [InlineData("划痕", "划痕")]
    [InlineData("Läufer", "läufer")]
    public void DefectName_WhatPeopleType_IsOneId(string typed, string expected)
    {
        DefectName.TryNormalise(typed, out var name).ShouldBeTrue();
        name.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("42")]
    [InlineData("<script>")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    public void DefectName_NoName_Refused(string? typed) => DefectName.TryNormalise(typed, out _).ShouldBeFalse();
}
