using System.Diagnostics;
using System.Text.Json;
using IMDD.Imaging;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Tests;

/// <summary>A drawn model paints nothing that anybody would know, but it paints it where it should, and the same again.</summary>
public sealed class ModelPaintCommandTests : IDisposable
{
    private const int Width = 70;
    private const int Height = 50;

    private readonly TestDirectory _directory = new();
    private readonly byte[] _pixels = new byte[Width * Height * 3];
    private readonly byte[] _mask = new byte[Width * Height];

    public ModelPaintCommandTests()
    {
        using var scope = NewDisposeScope();
        ClipTokens.Write(_directory.Path);
        using (FoundationNetwork network = new(FoundationConfiguration.Of("tiny")))
        {
            using var untracked = no_grad();

            // A new denoising network predicts nothing; this one does.
            foreach (var (_, parameter) in network.Unet.named_parameters().Where(named => named.name.StartsWith("conv_out", StringComparison.Ordinal)))
            {
                parameter.normal_(0, 0.1);
            }

            Save(network, FoundationConfiguration.Of("tiny"), "tiny.safetensors");
            Save(network, FoundationConfiguration.Of("tiny") with { Schedule = NoiseScheduleOptions.StableDiffusion }, "scaled.safetensors");
            ModuleWeights.Save(network, _directory.File("unsaid.safetensors"));
        }

        new Random(1).NextBytes(_pixels);
        using RgbImage image = new(Width, Height);
        _pixels.CopyTo(image.Pixels);
        File.WriteAllBytes(_directory.File("in.png"), ImageEncoder.EncodePng(image));
        for (var row = 20; row < 33; row++)
        {
            _mask.AsSpan((row * Width) + 30, 21).Fill(255);
        }

        File.WriteAllBytes(_directory.File("region.png"), ImageEncoder.EncodeGreyPng(_mask, Width, Height));
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("dpm", "1")]
    [InlineData("ddim", "0.6")]
    [InlineData("ddpm", "0.6")]
    public async Task Paint_Region_ChangesNothingElseAndIsTheSameBySeed(string sampler, string strength)
    {
        string[] options = ["--mask", _directory.File("region.png"), "--sampler", sampler, "--strength", strength];
        var told = await Paint("one", [.. options, "--seed", "3"]);
        await Paint("again", [.. options, "--seed", "3"]);
        await Paint("other", [.. options, "--seed", "4"]);

        var painted = Pixels("one.png");
        var inside = 0;
        for (var pixel = 0; pixel < _mask.Length; pixel++)
        {
            var isOwn = painted.AsSpan(3 * pixel, 3).SequenceEqual(_pixels.AsSpan(3 * pixel, 3));
            if (_mask[pixel] == 0)
            {
                isOwn.ShouldBeTrue($"pixel {pixel} is outside");
            }

            inside += isOwn ? 0 : 1;
        }

        inside.ShouldBeGreaterThan(200, "of 273 pixels inside");
        File.ReadAllBytes(_directory.File("again.png")).ShouldBe(File.ReadAllBytes(_directory.File("one.png")));
        Pixels("other.png").ShouldNotBe(painted);
        Pixels("one_mask.png").Where((_, index) => index % 3 == 0).ShouldBe(_mask);
        told.GetProperty("pixels_painted").GetInt32().ShouldBe(273);
        told.GetProperty("mask_out").GetString().ShouldBe(_directory.File("one_mask.png"));
        Directory.EnumerateFiles(_directory.Path, "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task Paint_NoStrength_IsTheReconstruction()
    {
        await Paint("one", ["--strength", "0", "--seed", "3"]);
        await Paint("other", ["--strength", "0", "--seed", "4", "--text", "a dent"]);
        await Paint("changed", ["--strength", "0.5", "--seed", "3"]);

        var reconstruction = Pixels("one.png");
        Pixels("other.png").ShouldBe(reconstruction);
        Pixels("changed.png").ShouldNotBe(reconstruction);
        File.Exists(_directory.File("one_mask.png")).ShouldBeFalse();

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using FoundationNetwork network = new(FoundationConfiguration.Of("tiny"));
        using var files = WeightFiles.OpenFile(_directory.File("tiny.safetensors"));
        ModuleWeights.Load(network, files, WeightNames.Own);
        var padded = new byte[96 * 64 * 3];
        using RgbImage image = new(Width, Height);
        _pixels.CopyTo(image.Pixels);
        EdgePadding.Copy(image, padded, 96, 64);
        var latent = network.Vae.EncodeMean((tensor(padded, [1, 64, 96, 3]).to(float32).permute(0, 3, 1, 2) / 127.5) - 1);
        var expected = ((network.Vae.DecodeScaled(latent)[0].permute(1, 2, 0) + 1) * 127.5).clamp(0, 255);
        var differences = (tensor(reconstruction, [Height, Width, 3]).to(float32) - expected.narrow(0, 0, Height).narrow(1, 0, Width)).abs();
        differences.max().item<float>().ShouldBeLessThan(0.51f, "rounded to bytes");
    }

    [Fact]
    public async Task Paint_WhatCannotBe_IsSaidInOneLine()
    {
        File.WriteAllBytes(_directory.File("small.png"), ImageEncoder.EncodeGreyPng(new byte[12], 4, 3));
        File.WriteAllBytes(_directory.File("black.png"), ImageEncoder.EncodeGreyPng(new byte[Width * Height], Width, Height));
        using (RgbImage wide = new(513, 8))
        {
            wide.Pixels.Clear();
            File.WriteAllBytes(_directory.File("wide.png"), ImageEncoder.EncodePng(wide));
        }

        await Refused(1, "a mask of 4×3; expected 70×50", "--mask", _directory.File("small.png"));
        await Refused(1, "no pixel of the mask is white", "--mask", _directory.File("black.png"));
        await Refused(1, "513 x 8; at most 512 a side", "--image", _directory.File("wide.png"));
        await Refused(1, "vocab.json: ", "--image", _directory.File("vocab.json"));
        await Refused(1, "gone.png", "--image", _directory.File("gone.png"));
        await Refused(1, "expected a file's name with .png", "--out", _directory.File("out.jpg"));
        await Refused(1, "its folder does not exist", "--out", _directory.File("gone/out.png"));
        await Refused(1, "is read; expected another name", "--out", _directory.File("in.png"));
        await Refused(1, "No configuration is called 'huge'", "--config", "huge");
        await Refused(2, "Strength is 1.5: expected 0 to 1. Steps is 0: expected 1 to 1000.", "--strength", "1.5", "--steps", "0");
        await Refused(2, "of 5 steps less takes none", "--strength", "0.1", "--steps", "5");
        await Refused(2, "The text has 92 tokens with its ends: expected at most 77.", "--text", string.Join(' ', Enumerable.Repeat("ab cd ef", 15)));
        await Refused(1, "tiny.safetensors: its weights belong to another configuration, 'tiny', than 'base': unet.block_out_channels is [16,32,32,32]", "--config", "base");
        await Refused(
            1,
            "'tiny': schedule.beta_schedule is \"scaled_linear\", expected \"linear\"; schedule.beta_start is 0.00085, expected 0.0001; schedule.beta_end is 0.012, expected 0.02.",
            "--model",
            _directory.File("scaled.safetensors"));
        StringWriter error = new();
        (await TrainerCommand.RunAsync(Arguments("out", ["--config", "base", "--model", _directory.File("unsaid.safetensors")]), TextWriter.Null, error)).ShouldBe(1);
        error.ToString().ShouldStartWith($"warning: {_directory.File("unsaid.safetensors")}: does not say which configuration");
        error.ToString().ShouldContain("unsaid.safetensors: not these weights", customMessage: "of every part, with the names of all tensors");
        File.Exists(_directory.File("out.png")).ShouldBeFalse();
    }

    private void Save(FoundationNetwork network, FoundationConfiguration configuration, string name) => ModuleWeights.Save(
        network, _directory.File(name), new Dictionary<string, string>(StringComparer.Ordinal) { [StoredConfiguration.Key] = configuration.ToJson() });

    private async Task Refused(int exitCode, string expected, params string[] options)
    {
        StringWriter error = new();
        (await TrainerCommand.RunAsync(Arguments("out", options), TextWriter.Null, error)).ShouldBe(exitCode, error.ToString());
        error.ToString().Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(expected);
    }

    private async Task<JsonElement> Paint(string name, string[] options)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "IMDD.Learning.Trainer"), [.. Arguments(name, options), "--json"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await error);
        return JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
    }

    private string[] Arguments(string name, string[] options)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal)
        {
            ["--model"] = _directory.File("tiny.safetensors"),
            ["--config"] = "tiny",
            ["--tokenizer"] = _directory.Path,
            ["--image"] = _directory.File("in.png"),
            ["--text"] = "a scratch on steel",
            ["--steps"] = "5",
            ["--threads"] = "1",
            ["--out"] = _directory.File(name + ".png"),
        };
        foreach (var option in options.Chunk(2))
        {
            all[option[0]] = option[1];
        }

        return ["model", "paint", .. all.SelectMany(option => new[] { option.Key, option.Value })];
    }

    private byte[] Pixels(string name)
    {
        using var image = new OpenCvImageDecoder().Decode(File.ReadAllBytes(_directory.File(name)), new DecodeLimits());
        return image.Pixels.ToArray();
    }
}
