using IMDD.Edge.Agent.Tests.Support;
using IMDD.Hosting;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace IMDD.Edge.Agent.Tests;

public sealed class AgentConfigurationTests
{
    [Fact]
    public async Task Run_ManyErrors_ListsEachWithItsKeyAndExits2()
    {
        var (code, errors) = await RunAsync(
            ("Edge:Agent:Asset", "acme/Ulm/paint/line2/cell3"),
            ("Edge:Agent:Name", "box 7"),
            ("Edge:Agent:MaxBatch", "0"),
            ("Edge:Agent:OverloadPolicy", "SkipAll"),
            ("Edge:Agent:Cameras:0:Name", "cam1"),
            ("Edge:Agent:Cameras:1:Name", "cam1"),
            ("Edge:Agent:Colour", "red"),
            ("Edge:Store:MaxBytes", "12"),
            ("Edge:Model:ExecutionProvider", "tpu"),
            ("Edge:Model:CudaGraphs", "true"),
            ("Edge:Model:Fp16", "true"),
            ("Edge:Model:EngineCacheDirectory", "engines"),
            ("Edge:Model:WarmUpSizes:0", "512"),
            ("Edge:Evidence:BlobWait", "soon"),
            ("Edge:HardExamples:UncertainFrom", "1.5"),
            ("Edge:HardExamples:Budget:PerHour", "-1"),
            ("Edge:HardExamples:ReasonBudget:PerDay", "many"),
            ("Edge:HardExamples:Budget:PerWeek", "1"),
            ("Edge:HardExamples:AlikeWindow", "00:00:00"),
            ("Edge:HardExamples:MaxWaiting", "4"),
            ("Edge:HardExamples:ShadowMaxWaiting", "5"),
            ("Edge:Recipe:Id", "r@1"),
            ("Edge:Recipe:PixelThreshold", "1.5"),
            ("Edge:Recipe:IgnoreAreas:0:0", "1"),
            ("Edge:Recipe:Classes:scratch:MinScore", "2"),
            ("Kafka:Compression", "rar"));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        foreach (var key in (string[])
        [
            "Edge:Agent:Asset", "Edge:Agent:Name", "Edge:Agent:MaxBatch", "Edge:Agent:OverloadPolicy", "Edge:Agent:Cameras:1:Name", "Edge:Agent:Colour",
            "Edge:Store:MaxBytes", "Edge:Model:ExecutionProvider", "Edge:Model:WarmUpSizes:0", "Edge:Model:CudaGraphs", "Edge:Model:Fp16",
            "Edge:Model:EngineCacheDirectory", "Edge:Evidence:BlobWait", "Edge:HardExamples:UncertainFrom",
            "Edge:HardExamples:Budget:PerHour: must be from 0", "Edge:HardExamples:ReasonBudget:PerDay", "Edge:HardExamples:Budget:PerWeek",
            "Edge:HardExamples:AlikeWindow", "Edge:HardExamples:ShadowMaxWaiting", "Edge:Recipe:PixelThreshold",
            "Edge:Recipe:IgnoreAreas:0", "Edge:Recipe:Classes:scratch:MinScore", "Kafka:Compression",
        ])
        {
            errors.ShouldContain(key);
        }
    }

    [Fact]
    public async Task Run_StoreThatCannotBeOpened_Exits3()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("store"), "", TestContext.Current.CancellationToken);

        var (code, errors) = await RunAsync(Valid(directory, ("Edge:Store:Directory", directory.File("store"))));

        code.ShouldBe(ExitCodes.StoreUnavailable);
        errors.ShouldContain("outcome store");
    }

    [Fact]
    public async Task Run_BundleThatIsNone_Exits2WithItsKey()
    {
        using TestDirectory directory = new();

        var (code, errors) = await RunAsync(Valid(directory, ("Edge:Model:BundleDirectory", directory.File("nothing"))));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Model:BundleDirectory");
    }

    [Fact]
    public async Task Run_ShadowBundleThatIsNone_Exits2WithItsKey()
    {
        using TestDirectory directory = new();

        var (code, errors) = await RunAsync(Valid(directory, ("Edge:HardExamples:ShadowBundle", directory.File("nothing"))));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:HardExamples:ShadowBundle");
    }

    [Fact]
    public async Task Run_TrustedKeysThatAreNone_EachIsNamed()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("key.pem"), "no key", TestContext.Current.CancellationToken);

        var (code, errors) = await RunAsync(Valid(
            directory, ("Edge:Model:TrustedKeys:0", directory.File("nowhere.pem")), ("Edge:Model:TrustedKeys:1", directory.File("key.pem"))));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Model:TrustedKeys:0");
        errors.ShouldContain("Edge:Model:TrustedKeys:1");
    }

    [Fact]
    public async Task Run_ReferencesThatAreNoPictures_EachIsNamed()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("text.png"), "no picture", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory.File("cut.png"), TestFrames.Good()[..60], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(directory.File("large.png"), TestFrames.Good(2048, 1024), TestContext.Current.CancellationToken);

        var (code, errors) = await RunAsync(Valid(
            directory,
            ("Edge:Agent:MaxFramePixels", "1048576"),
            ("Edge:Agent:Cameras:0:Name", "cam0"), ("Edge:Agent:Cameras:0:Reference", directory.File("nowhere.png")),
            ("Edge:Agent:Cameras:1:Name", "cam1"), ("Edge:Agent:Cameras:1:Reference", directory.File("text.png")),
            ("Edge:Agent:Cameras:2:Name", "cam2"), ("Edge:Agent:Cameras:2:Reference", directory.File("cut.png")),
            ("Edge:Agent:Cameras:3:Name", "cam3"), ("Edge:Agent:Cameras:3:Reference", directory.File("large.png")),
            ("Edge:Agent:Cameras:4:Name", "cam4"), ("Edge:Agent:Cameras:4:Reference", directory.Path)));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        for (var camera = 0; camera < 5; camera++)
        {
            errors.ShouldContain($"Edge:Agent:Cameras:{camera}:Reference");
        }
    }

    [Fact]
    public async Task Run_TilesThatCannotBe_EachIsNamed()
    {
        using TestDirectory directory = new();

        var (code, errors) = await RunAsync(Valid(
            directory,
            ("Edge:Agent:TileSize", "100x90"),
            ("Edge:Agent:TileOverlap", "46"),
            ("Edge:Agent:Cameras:0:Name", "cam0"), ("Edge:Agent:Cameras:0:TileSize", "512"),
            ("Edge:Agent:Cameras:1:Name", "cam1"), ("Edge:Agent:Cameras:1:TileSize", "512x384"), ("Edge:Agent:Cameras:1:TileOverlap", "193"),
            ("Edge:Agent:Cameras:2:Name", "cam2"), ("Edge:Agent:Cameras:2:TileSize", ""), ("Edge:Agent:Cameras:2:TileOverlap", "16"),
            ("Edge:Agent:Cameras:3:Name", "cam3"), ("Edge:Agent:Cameras:3:TileOverlap", "-1"),
            ("Edge:Agent:Cameras:4:Name", "cam4"), ("Edge:Agent:Cameras:4:TileSize", ""),
            ("Edge:Agent:Cameras:5:Name", "cam5"), ("Edge:Agent:Cameras:5:TileOverlap", "45")));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Agent:TileOverlap: must be from 0 to 45, half of the shorter side of 100x90; it is 46");
        errors.ShouldContain("Edge:Agent:Cameras:0:TileSize: must be WIDTHxHEIGHT");
        errors.ShouldContain("Edge:Agent:Cameras:1:TileOverlap: must be from 0 to 192");
        errors.ShouldContain("Edge:Agent:Cameras:2:TileOverlap: needs a TileSize");
        errors.ShouldContain("Edge:Agent:Cameras:3:TileOverlap: must be from 0 to 45");
        errors.ShouldNotContain("Edge:Agent:Cameras:4");
        errors.ShouldNotContain("Edge:Agent:Cameras:5");
    }

    [Fact]
    public async Task Run_GroupsThatCannotBe_EachFaultIsNamed()
    {
        using TestDirectory directory = new();

        var (code, errors) = await RunAsync(Valid(
            directory,
            ("Edge:Agent:Cameras:0:Name", "cam0"), ("Edge:Agent:Cameras:1:Name", "cam1"),
            ("Edge:Agent:Groups:0:Name", "top"), ("Edge:Agent:Groups:0:Cameras:0", "cam0"), ("Edge:Agent:Groups:0:Cameras:1", "cam9"),
            ("Edge:Agent:Groups:1:Name", "top"), ("Edge:Agent:Groups:1:Cameras:0", "cam0"), ("Edge:Agent:Groups:1:RecipeFile", directory.File("nowhere.json")),
            ("Edge:Agent:Groups:2:Name", "Seam"), ("Edge:Agent:Groups:2:Cameras:0", "cam1"), ("Edge:Agent:Groups:2:Cameras:1", "cam1"),
            ("Edge:Agent:Groups:3:Name", "none")));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Agent:Groups:0:Cameras:1: must be one of Edge:Agent:Cameras; 'cam9' is none");
        errors.ShouldContain("Edge:Agent:Groups:1:Name: must be named once; 'top' is there twice");
        errors.ShouldContain("Edge:Agent:Groups:1:Cameras:0: must be in one group, once; 'cam0' is at Edge:Agent:Groups:0:Cameras:0 too");
        errors.ShouldContain("Edge:Agent:Groups:1:RecipeFile: cannot be read as a recipe");
        errors.ShouldContain("Edge:Agent:Groups:2:Name: must be 1 to 31 characters");
        errors.ShouldContain("Edge:Agent:Groups:2:Cameras:1: must be in one group");
        errors.ShouldContain("Edge:Agent:Groups:3:Cameras: must name at least one camera");
        errors.ShouldNotContain("Edge:Agent:Groups:2:Cameras:0:");
    }

    [Fact]
    public async Task Run_BundleOfAGroupThatIsNone_Exits2WithItsKey()
    {
        using TestDirectory directory = new();

        var (code, errors) = await RunAsync(Valid(
            directory, ("Edge:Agent:Cameras:0:Name", "cam0"), ("Edge:Agent:Groups:0:Name", "top"), ("Edge:Agent:Groups:0:Cameras:0", "cam0"),
            ("Edge:Agent:Groups:0:BundleDirectory", directory.File("nothing"))));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Agent:Groups:0:BundleDirectory");
    }

    [Fact]
    public async Task Run_RecipeFileThatIsNone_Exits2WithItsKey()
    {
        using TestDirectory directory = new();
        await File.WriteAllTextAsync(directory.File("recipe.json"), "{\"pixelThreshold\": 0.5}", TestContext.Current.CancellationToken);

        var (code, errors) = await RunAsync(Valid(directory, ("Edge:RecipeFile", directory.File("recipe.json"))));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:RecipeFile");
        errors.ShouldContain("id");
    }

    private static (string Key, string Value)[] Valid(TestDirectory directory, params (string Key, string Value)[] changes) =>
    [
        ("Edge:Agent:Asset", AgentHarness.Asset),
        ("Edge:Agent:Name", "box7"),
        ("Edge:Store:Directory", directory.File("agent")),
        ("Blobs:Kind", "folder"),
        ("Blobs:Directory", directory.File("blobs")),
        .. changes,
    ];

    private static async Task<(int Code, string Errors)> RunAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings
            .Append(("urls", "http://127.0.0.1:0"))
            .Append(("Logging:LogLevel:Default", "None"))
            .GroupBy(s => s.Item1, StringComparer.OrdinalIgnoreCase)
            .Select(g => new KeyValuePair<string, string?>(g.Key, g.Last().Item2)));
        builder.AddImddDefaults("edge-agent");
        builder.AddEdgeAgent();
        var app = builder.Build();
        app.MapEdgeAgent();
        using StringWriter errors = new();
        return (await ImddHost.RunAsync(app, errors), errors.ToString());
    }
}
