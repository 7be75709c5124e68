using System.Diagnostics.Metrics;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Examples;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Telemetry;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Imaging;
using IMDD.Inference.Recipes;
using IMDD.Inference.Regions;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>How hard a frame is, and how many are offered.</summary>
public sealed class ExampleRuleTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly AgentTelemetry _telemetry;
    private int _looks;

    public ExampleRuleTests() => _telemetry = new AgentTelemetry(_services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void Uncertainty_OfAVerdict_IsOneAtTheThresholdAndFallsToBothSides()
    {
        var recipe = Resolve(new Recipe { Id = "r", ImageThreshold = 0.3 });
        double[] scores = [0, 0.1, 0.2, 0.3, 0.5, 0.8, 1];

        var uncertainties = scores.Select(s => HardnessRule.Of([], s, recipe).Uncertainty).ToList();

        uncertainties[3].ShouldBe(1);
        uncertainties[..4].ShouldBe([.. uncertainties[..4].Order()]);
        uncertainties[3..].ShouldBe([.. uncertainties[3..].OrderDescending()]);
        uncertainties[0].ShouldBe(0);
        uncertainties[^1].ShouldBe(0);
    }

    [Fact]
    public void Uncertainty_OfAVerdict_IsTheSurestRegions()
    {
        var recipe = Resolve(new Recipe { Id = "r" });

        HardnessRule.Of([Region("scratch", 0.52)], 0.5, recipe).Uncertainty.ShouldBeGreaterThan(0.9);
        HardnessRule.Of([Region("scratch", 0.98), Region("scratch", 0.52)], 0.98, recipe).Uncertainty.ShouldBeLessThan(0.1, "it fails, whatever the other is");
    }

    [Fact]
    public void Uncertainty_OfAName_OrdersRegionsByMarginAndByTheThresholdOfTheRow()
    {
        var recipe = Resolve(new Recipe { Id = "r" });

        Of(0.8, 0.1, 0.95).ShouldBeLessThan(Of(0.6, 0.3, 0.95));
        Of(0.6, 0.3, 0.95).ShouldBeLessThan(Of(0.5, 0.45, 0.95));
        Of(0.8, 0, 0.95).ShouldBeLessThan(Of(0.8, 0, 0.55));

        double Of(double best, double second, double row) => HardnessRule.Of(
            [Region("scratch", 1) with { Evidence = new NameEvidence(best, row, 0.5), Alternatives = [new ClassScore("crack", second)] }], 1, recipe).Uncertainty;
    }

    [Fact]
    public void UnknownDefect_CountsWhereTheRecipeDoesNotTolerateIt()
    {
        var unknown = Region(BundleClass.UnknownDefect, 0.8);
        Dictionary<string, RecipeClassRule> tolerated = new(StringComparer.Ordinal) { [BundleClass.UnknownDefect] = new RecipeClassRule { Tolerated = true } };

        HardnessRule.Of([unknown], 0.8, Resolve(new Recipe { Id = "r" })).UnknownDefect.ShouldBe(0.8);
        HardnessRule.Of([unknown], 0.1, Resolve(new Recipe { Id = "r", Classes = tolerated })).UnknownDefect.ShouldBeNull();
        HardnessRule.Of([Region("scratch", 0.8)], 0.8, Resolve(new Recipe { Id = "r" })).UnknownDefect.ShouldBeNull();
    }

    [Fact]
    public void Admit_BudgetsOfMinuteHourAndReason_HoldAndComeBack()
    {
        HardExampleOptions options = new() { Budget = { PerMinute = 3, PerHour = 5, PerDay = 100 }, ReasonBudget = { PerMinute = 2, PerHour = 100, PerDay = 100 } };
        var admission = Create(options);

        Admit(Noon, HardReason.Uncertain, 4).ShouldBe(2, "the reason's minute");
        Admit(Noon, HardReason.Novel, 4).ShouldBe(1, "the minute of all");
        Admit(Noon.AddMinutes(1), HardReason.Uncertain, 4).ShouldBe(2, "the hour of all");
        Admit(Noon.AddMinutes(2), HardReason.Uncertain, 4).ShouldBe(0);
        Admit(Noon.AddHours(1), HardReason.Uncertain, 4).ShouldBe(2);
        admission.UsedOn(Noon.AddHours(1)).Used.ShouldBe(7);
        admission.UsedOn(Noon.AddDays(1)).Used.ShouldBe(0);

        int Admit(DateTimeOffset now, string reason, int frames)
            => Enumerable.Range(0, frames).Count(_ => admission.Admit("cam1", [reason], Look(), "", isAdmitted: false, now).Count > 0);
    }

    [Fact]
    public void Admit_WhatLooksTheSame_IsOfferedAgainForAnotherReasonCameraOrTime()
    {
        var admission = Create(new HardExampleOptions { AlikeWindow = TimeSpan.FromMinutes(5) });
        var look = Look();

        Admit("cam1", HardReason.Uncertain, "scratch", Noon).ShouldBeTrue();
        Admit("cam1", HardReason.Uncertain, "scratch", Noon.AddMinutes(1)).ShouldBeFalse();
        Admit("cam1", HardReason.Novel, "scratch", Noon.AddMinutes(1)).ShouldBeTrue();
        Admit("cam2", HardReason.Uncertain, "scratch", Noon.AddMinutes(1)).ShouldBeTrue();
        Admit("cam1", HardReason.Uncertain, "crack", Noon.AddMinutes(2)).ShouldBeTrue();
        Admit("cam1", HardReason.Uncertain, "dent", Noon.AddMinutes(2)).ShouldBeTrue();
        Admit("cam1", HardReason.Uncertain, "stain", Noon.AddMinutes(2)).ShouldBeFalse("names that come and go make no other scene");
        Admit("cam1", HardReason.Uncertain, "scratch", Noon.AddMinutes(6)).ShouldBeTrue();

        bool Admit(string camera, string reason, string names, DateTimeOffset now) => admission.Admit(camera, [reason], look, names, isAdmitted: false, now).Count > 0;
    }

    [Fact]
    public void Thumbprint_TellsADefectFromNoiseAndLight()
    {
        using var still = Image(1, light: 0, defect: false);
        using var again = Image(2, light: 12, defect: false);
        using var marked = Image(3, light: 0, defect: true);

        Thumbprint.Of(still).IsLike(Thumbprint.Of(again)).ShouldBeTrue();
        Thumbprint.Of(still).IsLike(Thumbprint.Of(marked)).ShouldBeFalse();
        using RgbImage small = new(3, 2);
        small.Pixels.Fill(9);
        Thumbprint.Of(small).IsLike(Thumbprint.Of(small)).ShouldBeTrue();
        Thumbprint.Of(small).IsLike(Thumbprint.Of(still)).ShouldBeFalse();
    }

    [Fact]
    public void FrameLot_IsAFunctionOfTheFrame_AndDrawsAboutTheShare()
    {
        var drawn = Enumerable.Range(0, 5000).Count(i => FrameLot.IsDrawn("random", 1, $"frame{i}", 0.1));

        drawn.ShouldBeInRange(400, 600);
        Enumerable.Range(0, 5000).Count(i => FrameLot.IsDrawn("random", 1, $"frame{i}", 0.1)).ShouldBe(drawn);
        FrameLot.IsDrawn("random", 1, "frame", 0).ShouldBeFalse();
        FrameLot.IsDrawn("random", 1, "frame", 1).ShouldBeTrue();
    }

    public void Dispose()
    {
        _telemetry.Dispose();
        _services.Dispose();
    }

    private ExampleAdmission Create(HardExampleOptions options) => new(options, day: null, usedThen: null, _telemetry);

    private static ResolvedRecipe Resolve(Recipe recipe) => new StationRecipe(recipe).For(TestManifest.Create());

    private static DetectedRegion Region(string name, double score) => new()
    {
        Class = name,
        Score = score,
        Alternatives = [],
        BboxPx = [0, 0, 10, 10],
        AreaPx = 50,
        ContourPx = [],
        MaskRle = new MaskRle([10, 10], ""),
    };

    /// <summary>Like none before it.</summary>
    private Thumbprint Look()
    {
        using RgbImage image = new(64, 64);
        Random random = new(++_looks);
        for (var i = 0; i < image.Pixels.Length; i += 12)
        {
            image.Pixels.Slice(i, 12).Fill((byte)random.Next(256));
        }

        return Thumbprint.Of(image);
    }

    private static RgbImage Image(int seed, int light, bool defect)
    {
        RgbImage image = new(320, 240);
        Random random = new(seed);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(60 + light + (i / 3 % 320 / 4) + random.Next(-8, 9));
        }

        for (var y = 100; defect && y < 110; y++)
        {
            image.Pixels.Slice(3 * ((y * 320) + 150), 30).Fill(10);
        }

        return image;
    }
}
