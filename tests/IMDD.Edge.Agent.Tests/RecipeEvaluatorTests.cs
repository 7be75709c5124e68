using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Inference;
using IMDD.Inference.Recipes;
using IMDD.Inference.Regions;

namespace IMDD.Edge.Agent.Tests;

public sealed class RecipeEvaluatorTests
{
    private static readonly ModelReference Model = new("m", "1", "sha256:" + new string('b', 64));

    /// <summary>Name, recipe, class and score and area of the one region (null: none), image score, expected verdict.</summary>
    public static TheoryData<string, Recipe, string?, double, long, double, Verdict> Cases => new()
    {
        { "nothing found", R(), null, 0, 0, 0.1, Verdict.Pass },
        { "a region fails", R(), "scratch", 0.6, 50, 0.6, Verdict.Fail },
        { "below the class's score", R() with { Classes = Rule(new() { MinScore = 0.7 }) }, "scratch", 0.6, 50, 0.6, Verdict.Pass },
        { "at the class's score", R() with { Classes = Rule(new() { MinScore = 0.6 }) }, "scratch", 0.6, 50, 0.6, Verdict.Fail },
        { "below the class's area in pixels", R() with { Classes = Rule(new() { MinArea = 51 }) }, "scratch", 0.9, 50, 0.9, Verdict.Pass },
        { "area counts in mm2 where the pixel size is known", R() with { PixelSizeMm = 0.1, Classes = Rule(new() { MinArea = 0.51 }) }, "scratch", 0.9, 50, 0.9, Verdict.Pass },
        { "large enough in mm2", R() with { PixelSizeMm = 0.1, Classes = Rule(new() { MinArea = 0.5 }) }, "scratch", 0.9, 50, 0.9, Verdict.Fail },
        { "tolerated", R() with { Classes = Rule(new() { Tolerated = true }) }, "scratch", 0.9, 50, 0.9, Verdict.Pass },
        { "unknown defect fails by default", R(), BundleClass.UnknownDefect, 0.6, 50, 0.6, Verdict.Fail },
        { "unknown defect tolerated", R() with { Classes = Rule(new() { Tolerated = true }, BundleClass.UnknownDefect) }, BundleClass.UnknownDefect, 0.6, 50, 0.6, Verdict.Pass },
        { "a class of a later vocabulary is judged as unknown", R() with { Classes = Rule(new() { Tolerated = true }, BundleClass.UnknownDefect) }, "blister", 0.6, 50, 0.6, Verdict.Pass },
        { "image score alone fails", R() with { ImageThreshold = 0.5 }, null, 0, 0, 0.5, Verdict.Fail },
        { "image score below", R() with { ImageThreshold = 0.5 }, null, 0, 0, 0.49, Verdict.Pass },
        { "image score within the margin", R() with { ImageThreshold = 0.5, UndecidedMargin = 0.05 }, null, 0, 0, 0.46, Verdict.Undecided },
        { "image score outside the margin", R() with { ImageThreshold = 0.5, UndecidedMargin = 0.05 }, null, 0, 0, 0.44, Verdict.Pass },
        { "region within the margin of its class", R() with { UndecidedMargin = 0.1, Classes = Rule(new() { MinScore = 0.7 }) }, "scratch", 0.65, 50, 0.6, Verdict.Undecided },
        { "region outside the margin", R() with { UndecidedMargin = 0.1, Classes = Rule(new() { MinScore = 0.8 }) }, "scratch", 0.65, 50, 0.6, Verdict.Pass },
        { "a tolerated region never makes it undecided", R() with { UndecidedMargin = 0.1, Classes = Rule(new() { MinScore = 0.7, Tolerated = true }) }, "scratch", 0.65, 50, 0.6, Verdict.Pass },
        { "a fail is a fail, margin or not", R() with { UndecidedMargin = 0.2 }, "scratch", 0.6, 50, 0.6, Verdict.Fail },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Judge_Table_GivesVerdict(string name, Recipe recipe, string? region, double score, long area, double imageScore, Verdict expected)
    {
        IReadOnlyList<DetectedRegion> found = region is null ? [] : [Region(region, score, area)];

        var decision = RecipeEvaluator.Judge(found, 0, [], imageScore, Resolve(recipe), Model);

        decision.Verdict.ShouldBe(expected, name);
        (decision.Reason == UndecidedReason.Uncertain).ShouldBe(expected == Verdict.Undecided, name);
        decision.Model.ShouldBe(Model);
    }

    [Theory]
    [InlineData(0.37)]
    [InlineData(null)]
    public void Judge_RegionWithAConfidence_TellsItAndGoesByTheScore(double? confidence)
    {
        var recipe = Resolve(R() with { Classes = Rule(new() { MinScore = 0.7 }) });

        var decision = RecipeEvaluator.Judge([Region("scratch", 0.8, 50) with { Confidence = confidence }], 0, [], 0.8, recipe, Model);

        decision.Verdict.ShouldBe(Verdict.Fail);
        decision.Regions.ShouldHaveSingleItem().Confidence.ShouldBe(confidence);
    }

    /// <summary>What fails by its score alone is told with the region around its peak, what is undecided is not.</summary>
    [Theory]
    [InlineData(0.5, Verdict.Fail, 1)]
    [InlineData(0.46, Verdict.Undecided, 0)]
    [InlineData(0.3, Verdict.Pass, 0)]
    public void Judge_NoPixelReachesItsThreshold_HasARegionWhereItFails(double imageScore, Verdict verdict, int regions)
    {
        var defect = new float[400];
        defect.AsSpan(45, 4).Fill(0.4f);
        SegmentationResult result = new()
        {
            Width = 20,
            Height = 20,
            RowStride = 20,
            OutputStride = 1,
            Defect = defect,
            Class = new int[400],
            ClassScore = Enumerable.Repeat(0.9f, 400).ToArray(),
            ClassMargin = new float[400],
            ImageScore = (float)imageScore,
            Embedding = new float[1],
        };
        var recipe = Resolve(R() with { ImageThreshold = 0.5, UndecidedMargin = 0.05 });

        var decision = RecipeEvaluator.Judge(result, recipe.Manifest, recipe, 20, 20, Model);

        decision.Verdict.ShouldBe(verdict);
        decision.Regions.Select(region => string.Join(',', region.BboxPx)).ShouldBe(Enumerable.Repeat("5,2,4,1", regions));
    }

    [Fact]
    public void Judge_NearRegionBelowThePixelThreshold_IsUncertain()
        => RecipeEvaluator.Judge([], 0, [Region("scratch", 0.45, 50)], 0.45, Resolve(R() with { UndecidedMargin = 0.1 }), Model)
            .Reason.ShouldBe(UndecidedReason.Uncertain);

    [Fact]
    public void Judge_Fail_ListsRegionsBySeverityWithAreasAndOmitted()
    {
        var decision = RecipeEvaluator.Judge(
            [Region("scratch", 0.95, 100), Region("crack", 0.6, 25), Region("scratch", 0.55, 1)], 7, [], 0.95, Resolve(R() with { PixelSizeMm = 0.2 }), Model);

        decision.Regions.Select(r => (r.Class, r.Severity, r.AreaMm2)).ShouldBe(
            [("crack", Severity.Critical, 1.0), ("scratch", Severity.Minor, 4.0), ("scratch", Severity.Minor, 0.04)]);
        decision.RegionsOmitted.ShouldBe(7);
    }

    [Fact]
    public void Judge_SeverityOfTheRecipe_OverridesTheBundles()
        => RecipeEvaluator.Judge([Region("scratch", 0.9, 50)], 0, [], 0.9, Resolve(R() with { Classes = Rule(new() { Severity = Severity.Critical }) }), Model)
            .Regions.Single().Severity.ShouldBe(Severity.Critical);

    [Fact]
    public void Judge_ImageScoreThatIsNotANumber_IsTheModelsFault()
        => Should.Throw<SegmenterException>(() => RecipeEvaluator.Judge([], 0, [], double.NaN, Resolve(R()), Model));

    [Fact]
    public void BundleDefaults_TakeTheBundlesImageThreshold_ARecipeWithoutOneDoesNot()
    {
        var manifest = TestManifest.Create(imageThreshold: 0.4);

        new StationRecipe((Recipe?)null).For(manifest).ImageThreshold.ShouldBe(0.4);
        new StationRecipe(R()).For(manifest).ImageThreshold.ShouldBeNull();
    }

    [Fact]
    public void Digest_SameRulesInAnotherOrder_IsTheSame()
    {
        Recipe Ordered(params string[] ids) => R() with { Classes = ids.ToDictionary(id => id, id => new RecipeClassRule { MinScore = 0.5 }, StringComparer.Ordinal) };

        new StationRecipe(Ordered("a", "b")).Digest.ShouldBe(new StationRecipe(Ordered("b", "a")).Digest);
        new StationRecipe(Ordered("a", "b")).Digest.ShouldNotBe(new StationRecipe(Ordered("a")).Digest);
    }

    private static Recipe R() => new() { Id = "test@1" };

    private static Dictionary<string, RecipeClassRule> Rule(RecipeClassRule rule, string classId = "scratch") => new(StringComparer.Ordinal) { [classId] = rule };

    private static ResolvedRecipe Resolve(Recipe recipe) => new StationRecipe(recipe).For(TestManifest.Create());

    private static DetectedRegion Region(string name, double score, long area) => new()
    {
        Class = name,
        Score = score,
        Alternatives = [],
        BboxPx = [0, 0, 10, 10],
        AreaPx = area,
        ContourPx = [],
        MaskRle = new MaskRle([10, 10], ""),
    };
}
