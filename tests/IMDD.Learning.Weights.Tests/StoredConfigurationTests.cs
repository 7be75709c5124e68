using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Inspection;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using IMDD.Testing;

namespace IMDD.Learning.Weights.Tests;

public sealed class StoredConfigurationTests : IDisposable
{
    private static readonly FoundationConfiguration Tiny = FoundationConfiguration.Of("tiny");

    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny")]
    [InlineData("base")]
    [InlineData("sd15")]
    public void ToJson_OfAKnownModel_ReadsAsTheSame(string name)
    {
        var configuration = FoundationConfiguration.Of(name);

        FoundationConfiguration.Parse(configuration.ToJson(), "x.json").ShouldBeEquivalentTo(configuration);
    }

    [Fact]
    public void ToJson_OfFieldsThatNoKnownModelHas_ReadsAsTheSame()
    {
        var json = Other().ToJson();

        FoundationConfiguration.Parse(json, "x.json").ToJson().ShouldBe(json);
    }

    /// <summary>All of it fits by shape, and all of it gives other numbers.</summary>
    [Fact]
    public void Require_OtherConfiguration_NamesEveryFieldWithBothValues()
    {
        using var files = Store(Other().ToJson());

        var message = Should.Throw<WeightsException>(() => StoredConfiguration.Require(Tiny, files)).Message;

        message.ShouldStartWith($"{files.Origin}: its weights belong to another configuration, 'other', than 'tiny': ");
        string[] fields =
        [
            "unet.attention_head_dim is [4,4,4,4], expected [2,2,2,2]",
            "unet.norm_eps is 1E-06, expected 1E-05",
            "unet.flip_sin_to_cos is false, expected true",
            "unet.freq_shift is 1, expected 0",
            "vae.scaling_factor is 0.13025, expected 0.18215",
            "text_encoder.hidden_act is \"gelu\", expected \"quick_gelu\"",
            "clip.vision_config.num_attention_heads is 4, expected 2",
            "captioner.context is \"repeated\", expected \"gated\"",
            "mask_generator.heads is 2, expected 4",
            "schedule.beta_schedule is \"scaled_linear\", expected \"linear\"",
            "schedule.beta_start is 0.00085, expected 0.0001",
            "schedule.beta_end is 0.012, expected 0.02",
            "feature_timestep is 0, expected 50",
            "feature_seed is 7, expected 42",
        ];
        message[(message.IndexOf("'tiny': ", StringComparison.Ordinal) + 8)..].TrimEnd('.').Split("; ").ShouldBe(fields);
    }

    [Fact]
    public void Require_OtherNameAndModesOfTraining_Passes()
    {
        using var files = Store((Tiny with { Name = "ours", Paper = PaperModes.Grounding }).ToJson());

        StoredConfiguration.Require(Tiny, files);
        StoredConfiguration.WarningOf(files).ShouldBeNull();
    }

    /// <summary>Where the paper's width is spelt out and is what it would be anyway.</summary>
    [Fact]
    public void Require_DefaultSpeltOut_Passes()
    {
        using var files = Store(Tiny.ToJson());
        var spelt = FoundationConfiguration.Parse(Tiny.ToJson(), "x.json");

        spelt.Unet.TimeProjection.ShouldBeNull();
        StoredConfiguration.Require(spelt, files);
    }

    [Fact]
    public void Require_FileWithoutOne_PassesWithAWarning()
    {
        using var files = Store(json: null);

        StoredConfiguration.Require(Tiny, files);
        StoredConfiguration.WarningOf(files)!.ShouldStartWith($"{files.Origin}: does not say which configuration");
    }

    [Fact]
    public void Require_WhatIsNoConfiguration_IsNamed()
    {
        using var files = Store("{}");

        Should.Throw<WeightsException>(() => StoredConfiguration.Require(Tiny, files)).Message.ShouldBe($"{files.Origin}: metadata 'config': 'unet' is nothing; expected a value.");
    }

    [Fact]
    public void Inspect_FileWithOne_ShowsItAndComparesTheTensors()
    {
        SafetensorsWriter.Write(
            _folder.File("part.safetensors"),
            [.. FoundationLayout.Of(Tiny).Shapes.Where(shape => shape.Key != "captioner.fc1.bias").Select(Zeros), Zeros(new("stranger", [1]))],
            Metadata(Tiny.ToJson()));

        var inspected = ModelInspector.Inspect(_folder.File("part.safetensors"));

        inspected.Kind.ShouldBe("foundation model");
        inspected.Configuration!.Value.GetRawText().ShouldBe(Tiny.ToJson());
        inspected.Layout!.Missing.ShouldBe(["captioner.fc1.bias"]);
        inspected.Layout.Extra.ShouldBe(["stranger"]);
        inspected.Layout.Misshapen.ShouldBeEmpty();
    }

    private static FoundationConfiguration Other() => Tiny with
    {
        Name = "other",
        Unet = Tiny.Unet with { Heads = [4, 4, 4, 4], NormEpsilon = 1e-6, CosineFirst = false, FrequencyShift = 1 },
        Vae = Tiny.Vae with { ScalingFactor = 0.13025 },
        Text = Tiny.Text with { Tower = Tiny.Text.Tower with { QuickGelu = false } },
        Clip = Tiny.Clip with { Vision = Tiny.Clip.Vision with { Tower = Tiny.Clip.Vision.Tower with { Heads = 4 } } },
        Captioner = Tiny.Captioner with { Form = CaptionContext.Repeated },
        Masks = Tiny.Masks with { Heads = 2 },
        Schedule = NoiseScheduleOptions.StableDiffusion,
        FeatureTimestep = 0,
        FeatureSeed = 7,
        Paper = PaperModes.MaskLoss | PaperModes.Conditioning,
    };

    private WeightFiles Store(string? json)
    {
        var path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [new("x", SafetensorsType.U8, [1], new byte[] { 1 })], json is null ? null : Metadata(json));
        return WeightFiles.OpenFile(path);
    }

    private static Dictionary<string, string> Metadata(string json) => new(StringComparer.Ordinal) { [StoredConfiguration.Key] = json };

    private static SafetensorsTensor Zeros(KeyValuePair<string, long[]> shape)
        => new(shape.Key, SafetensorsType.F16, shape.Value, new byte[2 * shape.Value.Aggregate(1L, (product, length) => product * length)]);
}
