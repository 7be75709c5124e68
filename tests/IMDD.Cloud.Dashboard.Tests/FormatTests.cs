using IMDD.Cloud.Dashboard.Components.Charts;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class FormatTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    [InlineData(0.0, "0.0 %")]
    [InlineData(0.00042, "0.04 %")]
    [InlineData(0.874, "87.4 %")]
    [InlineData(0.99957, "99.96 %")]
    [InlineData(1.0, "100.0 %")]
    public void Percent_Fraction_KeepsTheDigitsThatMatter(double? fraction, string expected)
        => Format.Percent(fraction).Replace('\u202f', ' ').ShouldBe(expected);

    [Fact]
    public void Count_Large_IsGrouped() => Format.Count(1_234_567).ShouldBe("1\u202f234\u202f567");

    [Fact]
    public void DefectNames_Repeated_WorstFirstEachOnce()
    {
        DefectRegion Region(string name, Severity severity) => new() { Class = name, Severity = severity, Score = 1, BboxPx = [0, 0, 1, 1], AreaPx = 1 };

        Format.DefectNames([Region("pit", Severity.Minor), Region("missing-part", Severity.Critical), Region("pit", Severity.Major)])
            .ShouldBe("missing part, 2 × pit");
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(0.18, 0.05)]
    [InlineData(0.9, 0.5)]
    [InlineData(4.0, 1.0)]
    public void Step_Maximum_IsRoundAndCovers(double maximum, double expected) => ChartScale.Step(maximum, 4).ShouldBe(expected, 1e-12);

    [Fact]
    public void ClassBars_ManyClasses_SumByClassAndRestIsOther()
    {
        var bars = ClassBar.From(
            [
                new ParetoBar("scratch", Severity.Major, 5, 0, 0), new ParetoBar("scratch", Severity.Minor, 4, 0, 0),
                new ParetoBar("pit", Severity.Minor, 6, 0, 0), new ParetoBar("dent", Severity.Critical, 3, 0, 0), new ParetoBar("stain", Severity.Minor, 2, 0, 0),
            ],
            limit: 3);

        bars.Select(bar => (bar.Class, bar.Total)).ShouldBe([("scratch", 9), ("pit", 6), ("other", 5)]);
        bars[^1].Cumulative.ShouldBe(1);
        bars[0].Cumulative.ShouldBe(0.45, 1e-12);
    }

    [Fact]
    public void ClassBars_Nothing_Empty() => ClassBar.From([], limit: 3).ShouldBeEmpty();
}
