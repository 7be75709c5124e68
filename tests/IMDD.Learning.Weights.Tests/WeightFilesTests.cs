using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using IMDD.Testing;

namespace IMDD.Learning.Weights.Tests;

public sealed class WeightFilesTests : IDisposable
{
    private static readonly VaeConfiguration Vae = VaeConfiguration.StableDiffusion with { BlockOutChannels = [4, 8], NormGroups = 2, LayersPerBlock = 1 };

    private static readonly UnetConfiguration Unet = UnetConfiguration.StableDiffusion15 with
    {
        BlockOutChannels = [4, 8],
        NormGroups = 2,
        Heads = [2, 2],
        CrossAttentionWidth = 6,
        DownAttends = [true, false],
        UpAttends = [false, true],
    };

    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenFolder_PartsOfAnIndex_AreOneSetOfTensors()
    {
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [Tensor("x", 1)]);
        SafetensorsWriter.Write(_folder.File("b.safetensors"), [Tensor("y", 2)]);
        File.WriteAllText(_folder.File("model.safetensors.index.json"), """{"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}""");

        using var files = WeightFiles.OpenFolder(_folder.Path, "model");

        files.Tensors.Keys.Order().ShouldBe(["x", "y"]);
    }

    [Theory]
    [InlineData("""{"weight_map": {"x": "../a.safetensors"}}""", "not a file name in the folder")]
    [InlineData("""{"weight_map": {"x": ""}}""", "not a file name in the folder")]
    [InlineData("""{"weight_map": {"x": "gone.safetensors"}}""", "gone.safetensors is not there")]
    [InlineData("""{"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}""", "'x' is in more than one part")]
    [InlineData("""{"weight_map": {}}""", "0 parts")]
    [InlineData("""{"weight_map": {"x": 1}}""", "'weight_map'")]
    [InlineData("""[]""", "'weight_map'")]
    [InlineData("""{""", "not JSON")]
    public void OpenFolder_MalformedIndex_SaysWhat(string index, string expected)
    {
        SafetensorsWriter.Write(_folder.File("a.safetensors"), [Tensor("x", 1)]);
        SafetensorsWriter.Write(_folder.File("b.safetensors"), [Tensor("x", 2)]);
        File.WriteAllText(_folder.File("model.safetensors.index.json"), index);

        var exception = Should.Throw<WeightsException>(() => WeightFiles.OpenFolder(_folder.Path, "model"));

        exception.Message.ShouldContain("model.safetensors.index.json");
        exception.Message.ShouldContain(expected);
    }

    [Fact]
    public void OpenFolder_OnlyAPickle_IsRefusedWithTheReason()
    {
        File.WriteAllBytes(_folder.File("pytorch_model.bin"), [0x80, 2]);

        var message = Should.Throw<WeightsException>(() => WeightFiles.OpenFolder(_folder.Path, "model")).Message;

        message.ShouldContain("pytorch_model.bin is a pickle");
        message.ShouldContain("runs the program inside it");
    }

    [Fact]
    public void OpenFolder_Nothing_SaysWhatItLookedFor()
        => Should.Throw<WeightsException>(() => WeightFiles.OpenFolder(_folder.Path, "model")).Message.ShouldContain("no model.safetensors");

    [Fact]
    public void Match_OldSpellingOfTheAttention_IsFound()
    {
        var names = VaeLayout.Of(Vae).Shapes.ToDictionary(pair => WeightNames.DiffusersVae.Candidates(pair.Key).Last(), pair => pair.Value);
        names.Keys.ShouldContain("encoder.mid_block.attentions.0.proj_attn.bias");
        using var files = Store(names);

        WeightMatch.Of(VaeLayout.Of(Vae), files, WeightNames.DiffusersVae).RequireExactly().Found.Count.ShouldBe(VaeLayout.Of(Vae).Shapes.Count);
    }

    /// <summary>One file with everything under the prefixes of the latent-diffusion code, averaged copies, and attention as 1×1 convolutions.</summary>
    [Fact]
    public void Match_SingleFileCheckpoint_FindsEveryNetworkAndIgnoresTheRest()
    {
        var text = ClipTextConfiguration.VitL14 with { Tower = new ClipTowerConfiguration(4, 1, 2, 8), Vocabulary = 9, Context = 5 };
        Dictionary<string, long[]> tensors = new()
        {
            ["model_ema.decay"] = [],
            ["cond_stage_model.transformer.text_model.embeddings.position_ids"] = [1, 5],
            ["betas"] = [10],
        };
        Add(UnetLayout.Of(Unet), WeightNames.SingleFileUnet(Unet.LayersPerBlock));
        Add(VaeLayout.Of(Vae), WeightNames.SingleFileVae(Vae.Levels));
        Add(ClipLayout.Of(text), WeightNames.SingleFileText);
        foreach (var name in tensors.Keys.Where(name => name.Contains(".attn_1.", StringComparison.Ordinal) && tensors[name].Length == 2).ToList())
        {
            tensors[name] = [.. tensors[name], 1, 1];
        }

        using var files = Store(tensors);

        WeightMatch.Of(UnetLayout.Of(Unet), files, WeightNames.SingleFileUnet(Unet.LayersPerBlock)).RequireExactly();
        WeightMatch.Of(VaeLayout.Of(Vae), files, WeightNames.SingleFileVae(Vae.Levels)).RequireExactly();
        WeightMatch.Of(ClipLayout.Of(text), files, WeightNames.SingleFileText).RequireExactly();

        void Add(TensorLayout layout, WeightNames names)
        {
            foreach (var (name, shape) in layout.Shapes)
            {
                tensors.Add(names.Candidates(name).First(), shape);
            }
        }
    }

    [Fact]
    public void Require_MissingExtraAndMisshapen_NamesEveryOne()
    {
        var shapes = UnetLayout.Of(Unet).Shapes.ToDictionary(StringComparer.Ordinal);
        List<string> gone = [.. shapes.Keys.Where(name => name.StartsWith("up_blocks.1.resnets", StringComparison.Ordinal))];
        gone.ForEach(name => shapes.Remove(name));
        shapes["conv_in.weight"] = [4, 5, 3, 3];
        shapes["time_embedding.linear_1.weight"] = [4, 16];
        shapes["stranger"] = [1];
        using var files = Store(shapes);
        var match = WeightMatch.Of(UnetLayout.Of(Unet), files, WeightNames.DiffusersUnet);

        var message = Should.Throw<WeightsException>(() => match.Require()).Message;

        gone.Count.ShouldBeGreaterThan(10);
        gone.ShouldAllBe(name => message.Contains(name));
        message.ShouldContain($"{gone.Count} missing");
        message.ShouldContain("2 misshapen");
        message.ShouldContain("conv_in.weight [4, 5, 3, 3], expected [4, 4, 3, 3]");
        message.ShouldContain("time_embedding.linear_1.weight [4, 16], expected [16, 4]");
        message.ShouldContain("1 extra: stranger");
        message.ShouldContain("weights.safetensors");
    }

    [Fact]
    public void RequireExactly_ExtraTensor_IsNamed()
    {
        var shapes = UnetLayout.Of(Unet).Shapes.ToDictionary(StringComparer.Ordinal);
        shapes["stranger"] = [1];
        using var files = Store(shapes);
        var match = WeightMatch.Of(UnetLayout.Of(Unet), files, WeightNames.DiffusersUnet).Require();

        match.Extra.ShouldBe(["stranger"]);
        Should.Throw<WeightsException>(() => match.RequireExactly()).Message.ShouldContain("1 extra: stranger");
    }

    private WeightFiles Store(Dictionary<string, long[]> shapes)
    {
        var path = _folder.File("weights.safetensors");
        SafetensorsWriter.Write(path, [.. shapes.Select(pair => new SafetensorsTensor(
            pair.Key, SafetensorsType.U8, pair.Value, new byte[pair.Value.Aggregate(1L, (product, dimension) => product * dimension)]))]);
        return WeightFiles.OpenFile(path);
    }

    private static SafetensorsTensor Tensor(string name, byte value) => new(name, SafetensorsType.U8, [1], new[] { value });
}
