using System.Security.Cryptography;
using IMDD.Learning.Networks.Clip;
using IMDD.Learning.Networks.Masks;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Weights;

public sealed class FoundationAssemblyTests : IDisposable
{
    private const int Seed = 7;

    private readonly PublicFolders _public = new();

    public void Dispose() => _public.Dispose();

    [Fact]
    public void Write_Folders_EveryTensorIsTheSourcesOrANewNetworks()
    {
        using var scope = NewDisposeScope();
        _public.WriteFolders();

        var made = Write(_public.Folders, "whole.safetensors");

        using FoundationNetwork loaded = new(PublicFolders.Tiny);
        using var files = WeightFiles.OpenFile(_public.Out("whole.safetensors"));
        ModuleWeights.Load(loaded, files, WeightNames.Own).RequireExactly();
        var expected = _public.Network.state_dict().Where(pair => !made.Drawn.Contains(pair.Key.Split('.')[0])).Concat(Drawn()).ToDictionary();
        expected.Count.ShouldBe(made.Tensors);
        foreach (var (name, tensor) in loaded.state_dict())
        {
            Equal(tensor, expected[name]).ShouldBeTrue(name);
        }

        files.Metadata["configuration"].ShouldBe("tiny");
        files.Metadata[StoredConfiguration.Key].ShouldBe(PublicFolders.Tiny.ToJson());
        files.Metadata["seed"].ShouldBe("7");
        files.Metadata["drawn"].ShouldBe("captioner, mask_generator, vocabulary");
        files.Metadata["source.vae"].ShouldBe($"diffusion_pytorch_model.safetensors sha256:{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_public.File("vae"))))}");
        _public.OutFiles.ShouldBe(["whole.safetensors"]);
    }

    [Fact]
    public void Write_SingleFile_HasTheTensorsOfTheFolders()
    {
        _public.WriteSingleFile();

        Write(_public.Folders, "folders.safetensors");
        Write(new PublicWeights(_public.Clip, Checkpoint: _public.SingleFile), "single.safetensors");

        Data("single.safetensors").SequenceEqual(Data("folders.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public void Write_PartsByTheirOwnPaths_CountBeforeTheFolder()
    {
        _public.WriteFolders();
        var elsewhere = _public.Out("vae.safetensors");
        File.Move(_public.File("vae"), elsewhere);
        Directory.Delete(Path.GetDirectoryName(_public.File("vae"))!, recursive: true);

        Write(_public.Folders with { Vae = elsewhere }, "whole.safetensors").Sources["vae"].ShouldHaveSingleItem().File.ShouldBe("vae.safetensors");
    }

    [Fact]
    public void Write_SameSeed_SameBytes_AnotherSeed_OtherDrawnParts()
    {
        _public.WriteFolders();
        Write(_public.Folders, "one.safetensors");
        Write(_public.Folders, "two.safetensors");
        using var parts = PublicParts.Open(PublicFolders.Tiny, _public.Folders);
        FoundationAssembly.Write(PublicFolders.Tiny, parts, Seed + 1, _public.Out("other.safetensors"), cancellation: TestContext.Current.CancellationToken);

        File.ReadAllBytes(_public.Out("two.safetensors")).SequenceEqual(File.ReadAllBytes(_public.Out("one.safetensors"))).ShouldBeTrue();
        using var one = WeightFiles.OpenFile(_public.Out("one.safetensors"));
        using var other = WeightFiles.OpenFile(_public.Out("other.safetensors"));
        Same("unet.conv_in.weight").ShouldBeTrue();
        foreach (var name in (string[])["captioner.fc1.weight", "mask_generator.predictor.query_feat.weight", "vocabulary.text.weight"])
        {
            Same(name).ShouldBeFalse(name);
        }

        bool Same(string name)
        {
            using var scope = NewDisposeScope();
            return Equal(TensorFiles.Read(one.Tensors[name]), TensorFiles.Read(other.Tensors[name]));
        }
    }

    [Fact]
    public void Write_HalfPrecision_IsKeptUnlessAnotherIsWanted()
    {
        _public.WriteFolders(ScalarType.Float16);

        Write(_public.Folders, "kept.safetensors");
        Write(_public.Folders, "brain.safetensors", SafetensorsType.BF16).ElementTypes.Keys.ShouldBe(["BF16"]);

        using var kept = WeightFiles.OpenFile(_public.Out("kept.safetensors"));
        kept.Tensors["unet.conv_in.weight"].Entry.Type.ShouldBe(SafetensorsType.F16);
        kept.Tensors["captioner.fc1.weight"].Entry.Type.ShouldBe(SafetensorsType.F32);
        using var brain = WeightFiles.OpenFile(_public.Out("brain.safetensors"));
        using var scope = NewDisposeScope();
        Equal(TensorFiles.Read(brain.Tensors["unet.conv_in.weight"]), TensorFiles.Read(kept.Tensors["unet.conv_in.weight"]).to(bfloat16)).ShouldBeTrue();
    }

    [Fact]
    public void Write_NumberTooLargeForTheType_IsNamedAndNothingIsLeft()
    {
        _public.WriteFolders();
        _public.Rewrite("unet", tensors =>
        {
            tensors["conv_out.bias"] = new("conv_out.bias", SafetensorsType.F32, [4], new[] { 0f, 1f, 70_000f, 0f }.SelectMany(BitConverter.GetBytes).ToArray());
            return tensors.Values;
        });

        Should.Throw<WeightsException>(() => Write(_public.Folders, "half.safetensors", SafetensorsType.F16)).Message.ShouldContain("'unet.conv_out.bias'");

        _public.OutFiles.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("unet", "unet/diffusion_pytorch_model.safetensors", "1 missing: conv_in.bias")]
    [InlineData("vae", "vae/diffusion_pytorch_model.safetensors", "1 missing: quant_conv.bias")]
    [InlineData("text_encoder", "text_encoder/model.safetensors", "1 missing: text_model.final_layer_norm.bias")]
    [InlineData("clip", "clip/model.safetensors", "1 missing: logit_scale")]
    public void Open_TensorMissing_IsNamedWithItsFile(string part, string file, string expected)
    {
        _public.WriteFolders();
        _public.Rewrite(part, tensors => tensors.Values.Where(tensor => tensor.Name != expected.Split(' ')[^1]));

        Refused(_public.Folders).ShouldContain($"{file}: not these weights.\n{expected}");
    }

    [Fact]
    public void Open_TensorMissingInASingleFile_IsNamedAsItIsCalledThere()
    {
        _public.WriteSingleFile();
        using (var reader = SafetensorsReader.Open(_public.SingleFile))
        {
            SafetensorsWriter.Write(_public.SingleFile,
            [
                .. reader.Header.Entries.Where(entry => entry.Name != "model.diffusion_model.out.2.bias")
                    .Select(entry => new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, stream => reader.CopyTo(entry, stream))),
            ]);
        }

        Refused(new PublicWeights(_public.Clip, Checkpoint: _public.SingleFile)).ShouldContain("conv_out.bias (model.diffusion_model.out.2.bias in the file)");
    }

    /// <summary>All at once: who has to fix four files wants to know of four.</summary>
    [Fact]
    public void Open_MisshapenExtraPickleAndInteger_EveryOneIsNamedWithItsFile()
    {
        _public.WriteFolders();
        _public.Rewrite("unet", tensors => tensors.Values.Select(tensor => tensor.Name == "conv_in.bias" ? new(tensor.Name, tensor.Type, [3], new byte[12]) : tensor));
        _public.Rewrite("vae", tensors => tensors.Values.Append(new("lora.up", SafetensorsType.F32, [1], new byte[4])));
        File.Delete(_public.File("text_encoder"));
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(_public.File("text_encoder"))!, "pytorch_model.bin"), [0x80, 2]);
        _public.Rewrite("clip", tensors => tensors.Values.Select(tensor => tensor.Name == "logit_scale" ? new(tensor.Name, SafetensorsType.I32, [], new byte[4]) : tensor));

        var message = Refused(_public.Folders);

        message.ShouldContain($"{_public.File("unet")}: not these weights.\n1 misshapen: conv_in.bias [3], expected [16]");
        message.ShouldContain($"{_public.File("vae")}: more than these weights.\n1 extra: lora.up");
        message.ShouldContain("pytorch_model.bin is a pickle");
        message.ShouldContain($"{_public.File("clip")}: tensor 'logit_scale' has dtype I32");
    }

    /// <summary>Its tensors have the same shapes, and mean something else.</summary>
    [Theory]
    [InlineData("unet", "\"attention_head_dim\": 2", "\"attention_head_dim\": 4", "heads is [4,4,4,4], expected [2,2,2,2]")]
    [InlineData("vae", "\"scaling_factor\": 0.18215", "\"scaling_factor\": 0.13025", "scaling_factor is 0.13025, expected 0.18215")]
    [InlineData("clip", "quick_gelu", "gelu", "text.tower.quick_gelu is false, expected true; vision.tower.quick_gelu is false, expected true")]
    [InlineData("text_encoder", "{", "", "not JSON")]
    public void Open_FolderOfAnotherNetwork_IsRefusedByItsConfiguration(string part, string from, string to, string expected)
    {
        _public.WriteFolders();
        var text = File.ReadAllText(_public.Configuration(part));
        text.ShouldContain(from);
        File.WriteAllText(_public.Configuration(part), text.Replace(from, to, StringComparison.Ordinal));

        var message = Refused(_public.Folders);

        message.ShouldContain(_public.Configuration(part));
        message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("""{"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02}""", null)]
    [InlineData("""{"beta_schedule": "scaled_linear", "beta_start": 0.0001, "beta_end": 0.02}""", "curve is \"scaled_linear\", expected \"linear\"")]
    [InlineData("""{"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02, "prediction_type": "v_prediction"}""", "'prediction_type' is \"v_prediction\"")]
    public void Open_NoiseSchedule_HasToBeTheConfigurations(string json, string? expected)
    {
        _public.WriteFolders();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_public.Diffusers, "scheduler")).FullName, "scheduler_config.json");
        File.WriteAllText(file, json);

        if (expected is null)
        {
            PublicParts.Open(PublicFolders.Tiny, _public.Folders).Dispose();
            return;
        }

        var message = Refused(_public.Folders);
        message.ShouldContain(file);
        message.ShouldContain(expected);
    }

    [Fact]
    public void Write_StoppedInBetween_LeavesNothing_AndRemovesWhatAKilledOneLeft()
    {
        _public.WriteFolders();
        var abandoned = _public.Out(".whole.safetensors.abcdefgh.xyz");
        File.WriteAllText(abandoned, "half");
        using CancellationTokenSource stop = new();
        using var parts = PublicParts.Open(PublicFolders.Tiny, _public.Folders);

        Should.Throw<OperationCanceledException>(() => FoundationAssembly.Write(
            PublicFolders.Tiny, parts, Seed, _public.Out("whole.safetensors"), progress: line => Stop(line, stop), cancellation: stop.Token));

        _public.OutFiles.ShouldBeEmpty();

        static void Stop(string line, CancellationTokenSource stop)
        {
            if (line.StartsWith("writing", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Write_OntoASource_IsRefusedAndTheSourceStays()
    {
        _public.WriteFolders();
        using var parts = PublicParts.Open(PublicFolders.Tiny, _public.Folders);
        var before = File.ReadAllBytes(_public.File("unet"));

        Should.Throw<WeightsException>(() => FoundationAssembly.Write(PublicFolders.Tiny, parts, Seed, _public.File("unet"), cancellation: TestContext.Current.CancellationToken)).Message.ShouldContain("expected another");

        File.ReadAllBytes(_public.File("unet")).SequenceEqual(before).ShouldBeTrue();
    }

    private static bool Equal(Tensor one, Tensor other) => one.dtype == other.dtype && one.shape.SequenceEqual(other.shape) && one.eq(other).all().item<bool>();

    private static string Refused(PublicWeights weights)
        => Should.Throw<WeightsException>(() => PublicParts.Open(PublicFolders.Tiny, weights)).Message;

    private AssembledCheckpoint Write(PublicWeights weights, string name, SafetensorsType? type = null)
    {
        using var parts = PublicParts.Open(PublicFolders.Tiny, weights);
        return FoundationAssembly.Write(PublicFolders.Tiny, parts, Seed, _public.Out(name), type, cancellation: TestContext.Current.CancellationToken);
    }

    private byte[] Data(string name)
    {
        var header = SafetensorsReader.ReadHeader(_public.Out(name));
        return File.ReadAllBytes(_public.Out(name))[(int)header.DataStart..];
    }

    /// <summary>What new networks of the seed are, with "no object" at the empty text.</summary>
    private Dictionary<string, Tensor> Drawn()
    {
        using var untracked = no_grad();
        manual_seed(Seed);
        using ImplicitCaptioner captioner = new(PublicFolders.Tiny.Captioner);
        using MaskGenerator masks = new(PublicFolders.Tiny.Masks);
        using OpenVocabularyHead vocabulary = new(PublicFolders.Tiny.Vocabulary);
        vocabulary.StartNoObjectAt(_public.Network.Clip.EmbedText(FoundationNetwork.EmptyIds(PublicFolders.Tiny.Clip.Text))[0]);
        (string Part, nn.Module Module)[] parts = [("captioner", captioner), ("mask_generator", masks), ("vocabulary", vocabulary)];
        return parts.SelectMany(part => part.Module.state_dict().Select(pair => KeyValuePair.Create($"{part.Part}.{pair.Key}", pair.Value.clone()))).ToDictionary();
    }
}
