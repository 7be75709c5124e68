using System.Text.Json;
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
