using System.Text.Json;
using IMDD.Safetensors;
using IMDD.Testing;

namespace IMDD.Cli.Tests;

public sealed class ModelInspectCommandTests
{
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["unet-"] = "denoising network",
        ["vae-"] = "image autoencoder",
        ["clip-tiny"] = "CLIP",
        ["mask-generator-"] = "mask generator",
    };

    public static TheoryData<string> Files => [.. GoldenFolder.Files("*.safetensors")];

    public static TheoryData<string> TokenizerCases => [.. GoldenFolder.Files("clip-tokenizer-cases*.json")];

    public static TheoryData<string> Entries => [.. GoldenFolder.Files("*").Select(file => file.Split(Path.DirectorySeparatorChar)[0]).Distinct()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Inspect_ReferenceFile_SaysWhatItIs(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);

        var result = await InspectAsync(path!);

        var kind = Kinds.Where(pair => name.StartsWith(pair.Key, StringComparison.Ordinal)).Select(pair => pair.Value).SingleOrDefault() ?? "tensors";
        result.GetProperty("kind").GetString().ShouldBe(kind);
        result.GetProperty("shapes").EnumerateObject().ShouldNotBeEmpty();
        var parameters = result.GetProperty("parameters").GetInt64();
        (parameters > 0).ShouldBe(kind != "tensors");
        result.GetProperty("memory").GetProperty("inference_single").GetInt64().ShouldBe(4 * parameters);
        if (kind is "denoising network" or "image autoencoder" or "CLIP")
        {
            result.GetProperty("layout").GetProperty("fits").GetBoolean().ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(TokenizerCases))]
    public async Task Inspect_TokenizerCases_CountsTextsAndIds(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);
        var cases = JsonDocument.Parse(File.ReadAllBytes(path!)).RootElement.GetProperty("cases").EnumerateArray().Select(item => item.GetProperty("ids").GetArrayLength()).ToList();

        var result = await InspectAsync(path!);

        result.GetProperty("kind").GetString().ShouldBe("tokenizer cases");
        result.GetProperty("parameters").GetInt64().ShouldBe(0);
        result.GetProperty("counts").GetRawText().ShouldBe($$"""{"texts":{{cases.Count}},"ids":{{cases.Sum()}},"longest":{{cases.Max()}}}""");
    }

    /// <summary>Whatever lies in the folder of reference files is known, or, like its README, refused with what it is not.</summary>
    [Theory]
    [MemberData(nameof(Entries))]
    public async Task Inspect_EveryEntryOfTheFolder_IsKnownOrRefusedInOneLine(string name)
    {
        var path = GoldenFolder.Find(name, out var reason);
        Assert.SkipWhen(path is null, reason);

        var (exitCode, output, error) = await RunAsync("model", "inspect", path!);

        if (name.EndsWith(".md", StringComparison.Ordinal))
        {
            exitCode.ShouldBe(1);
            error.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith($"imdd: {path}: ");
            return;
        }

        exitCode.ShouldBe(0, error);
        output.ShouldStartWith("kind ");
    }

    [Fact]
    public async Task Inspect_TokenizerFolder_CountsEntriesAndMerges()
    {
        using TestDirectory folder = new();
        File.WriteAllText(folder.File("vocab.json"), """{"a": 0, "b": 1, "ab": 2}""");
        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\na b\n");

        var result = await InspectAsync(folder.Path);

        result.GetProperty("kind").GetString().ShouldBe("tokenizer");
        result.GetProperty("counts").GetRawText().ShouldBe("""{"entries":3,"merges":1}""");
    }

    [Fact]
    public async Task Inspect_OneOfATokenizersFiles_CountsWhatItHas()
    {
        using TestDirectory folder = new();
        File.WriteAllText(folder.File("vocab.json"), """{"a": 0, "b": 1}""");
        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\na b\nab c\n");

        var vocabulary = await InspectAsync(folder.File("vocab.json"));
        var merges = await InspectAsync(folder.File("merges.txt"));

        (vocabulary.GetProperty("kind").GetString(), vocabulary.GetProperty("counts").GetRawText()).ShouldBe(("tokenizer vocabulary", """{"entries":2}"""));
        (merges.GetProperty("kind").GetString(), merges.GetProperty("counts").GetRawText()).ShouldBe(("tokenizer merges", """{"merges":2}"""));
        File.WriteAllText(folder.File("merges.txt"), "a b\nabc\n");
        File.WriteAllText(folder.File("vocab.json"), """{"a": 1}""");
        (await RunAsync("model", "inspect", folder.File("merges.txt"))).Error.ShouldBe($"imdd: {folder.File("merges.txt")}, line 2: 'abc'; expected two entries.\n");
        (await RunAsync("model", "inspect", folder.File("vocab.json"))).Error.ShouldBe($"imdd: {folder.File("vocab.json")}: 1 ids; expected 0 to their number less one.\n");
    }

    /// <summary>Of a folder of weights that are otherwise fine.</summary>
    [Fact]
    public async Task Inspect_ConfigurationOfManyBytes_IsNotReadAtAll()
    {
        using TestDirectory folder = new();
        SafetensorsWriter.Write(folder.File("diffusion_pytorch_model.safetensors"), [new("conv_in.weight", SafetensorsType.U8, [1], new byte[] { 1 })]);
        await using (var file = File.Create(folder.File("config.json")))
        {
            file.SetLength(5L << 30); // takes no room on the disk
        }

        (await RunAsync("model", "inspect", folder.Path)).Error.ShouldBe($"imdd: {folder.File("config.json")}: larger than 1048576 bytes, which no configuration is.\n");
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "without a list 'cases'")]
    [InlineData("""{"cases": {}}""", "without a list 'cases'")]
    [InlineData("""{"cases": [{"text": "a", "ids": [1]}, {"text": "b"}]}""", "case 1 is not a 'text' and its 'ids'")]
    [InlineData("""{"cases": [{"text": "a", "ids": [-1]}]}""", "case 0 is not")]
    public async Task Inspect_OtherJson_IsRefusedWithTheReason(string json, string expected)
    {
        using TestDirectory folder = new();
        File.WriteAllText(folder.File("x.json"), json);

        var (exitCode, _, error) = await RunAsync("model", "inspect", folder.File("x.json"));

        exitCode.ShouldBe(1);
        error.ShouldStartWith($"imdd: {folder.File("x.json")}: ");
        error.ShouldContain(expected);
    }

    [Fact]
    public async Task Inspect_ContrastBundle_CountsWhatTheGraphHolds()
    {
        using TestDirectory folder = new();
        (await RunAsync("bundle", "contrast", "--out", folder.File("bundle"))).ExitCode.ShouldBe(0);

        var result = await InspectAsync(folder.File("bundle"));

        result.GetProperty("kind").GetString().ShouldBe("bundle contrast 1.0.0");
        result.GetProperty("parameters").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Inspect_FullConfiguration_HasThePublicCheckpointsParameters()
    {
        var parts = (await InspectAsync("sd15")).GetProperty("parts").EnumerateArray()
            .ToDictionary(part => part.GetProperty("kind").GetString()!, part => part.GetProperty("parameters").GetInt64());

        (await RunAsync("model", "inspect", "sd15")).Output.ShouldContain("  feature_timestep  50\n");
        parts["unet"].ShouldBe(859_520_964);
        parts["vae"].ShouldBe(83_653_863);
        parts["text_encoder"].ShouldBe(123_060_480);
        parts["clip"].ShouldBe(151_277_313);
    }

    [Fact]
    public async Task Inspect_NothingThere_IsOneLineWithTheReason()
    {
        var (exitCode, _, error) = await RunAsync("model", "inspect", "/nowhere/at.all");

        exitCode.ShouldBe(1);
        error.ShouldBe("imdd: /nowhere/at.all: no such file.\n");
    }

    private static async Task<JsonElement> InspectAsync(string path)
    {
        var (exitCode, output, error) = await RunAsync("model", "inspect", path, "--json");
        exitCode.ShouldBe(0, error);
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
