using System.Text.Json;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;
using IMDD.Testing;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Weights;

/// <summary>A small model's parts as public checkpoints have them: a diffusers folder, a CLIP folder, a single file.</summary>
internal sealed class PublicFolders : IDisposable
{
    private const double Spread = 0.02;

    private readonly TestDirectory _folder = new();

    public PublicFolders()
    {
        manual_seed(5);
        Network = new FoundationNetwork(Tiny);
        using var untracked = no_grad();
        foreach (var parameter in Network.parameters())
        {
            nn.init.normal_(parameter, 0, Spread); // what starts at zero or one would be equal wherever it came from
        }
    }

    public static FoundationConfiguration Tiny { get; } = FoundationConfiguration.Of("tiny");

    /// <summary>What the folders' weights are.</summary>
    public FoundationNetwork Network { get; }

    public string Diffusers => _folder.File("diffusers");

    public string Clip => _folder.File("clip");

    public string SingleFile => _folder.File("single.safetensors");

    public PublicWeights Folders => new(Clip, Diffusers);

    /// <summary>A path for what is made.</summary>
    public string Out(string name) => Path.Combine(OutFolder, name);

    /// <summary>What lies where things are made.</summary>
    public IEnumerable<string?> OutFiles => Directory.EnumerateFiles(OutFolder).Select(Path.GetFileName);

    public string File(string part) => part == "clip"
        ? Path.Combine(Clip, "model.safetensors")
        : Path.Combine(Diffusers, part, part == "text_encoder" ? "model.safetensors" : "diffusion_pytorch_model.safetensors");

    public string Configuration(string part) => Path.Combine(Path.GetDirectoryName(File(part))!, "config.json");

    public void Dispose()
    {
        Network.Dispose();
        _folder.Dispose();
    }

    /// <summary>Writes both folders.</summary>
    /// <param name="type">Element type of the weights.</param>
    public PublicFolders WriteFolders(ScalarType type = ScalarType.Float32)
    {
        using var stream = typeof(FoundationConfiguration).Assembly.GetManifestResourceStream($"{typeof(FoundationConfiguration).Namespace}.tiny.json")!;
        using var configuration = JsonDocument.Parse(stream);
        foreach (var (part, module) in Parts())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File(part))!);
            System.IO.File.WriteAllText(Configuration(part), configuration.RootElement.GetProperty(part).GetRawText());
            using var scope = NewDisposeScope();
            List<SafetensorsTensor> tensors = [.. module.state_dict().Select(pair => TensorFiles.ToStored(Public(part, pair.Key), pair.Value.to(type)))];
            if (part is "text_encoder" or "clip")
            {
                tensors.Add(new("text_model.embeddings.position_ids", SafetensorsType.I64, [1, 1], new byte[8]));
            }

            SafetensorsWriter.Write(File(part), tensors);
        }

        return this;
    }

    /// <summary>Writes the single file, and CLIP's folder beside it.</summary>
    public PublicFolders WriteSingleFile()
    {
        WriteFolders();
        using var scope = NewDisposeScope();
        Dictionary<string, WeightNames> names = new()
        {
            ["unet"] = WeightNames.SingleFileUnet(Tiny.Unet.LayersPerBlock),
            ["vae"] = WeightNames.SingleFileVae(Tiny.Vae.Levels),
            ["text_encoder"] = WeightNames.SingleFileText,
        };
        List<SafetensorsTensor> tensors = [new("model_ema.decay", SafetensorsType.F32, [], new byte[4]), new("betas", SafetensorsType.F32, [2], new byte[8])];
        foreach (var (part, module) in Parts().Where(part => part.Part != "clip"))
        {
            foreach (var (name, tensor) in module.state_dict())
            {
                var stored = names[part].Candidates(name).First();
                var isConvolution = stored.Contains(".attn_1.", StringComparison.Ordinal) && tensor.dim() == 2;
                tensors.Add(TensorFiles.ToStored(stored, isConvolution ? tensor.unsqueeze(-1).unsqueeze(-1) : tensor));
            }
        }

        SafetensorsWriter.Write(SingleFile, tensors);
        return this;
    }

    /// <summary>Writes a part's file again with other tensors.</summary>
    public void Rewrite(string part, Func<Dictionary<string, SafetensorsTensor>, IEnumerable<SafetensorsTensor>> change)
    {
        List<SafetensorsTensor> changed;
        using (var reader = SafetensorsReader.Open(File(part)))
        {
            changed =
            [
                .. change(reader.Header.Entries.ToDictionary(
                    entry => entry.Name, entry => new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, reader.Bytes(entry, 0, (int)entry.Length).ToArray()))),
            ];
        }

        SafetensorsWriter.Write(File(part), changed);
    }

    // The autoencoder's attention in the spelling of Stable Diffusion's own files.
    private static string Public(string part, string name) => part == "vae" ? WeightNames.DiffusersVae.Candidates(name).Last() : name;

    private string OutFolder => Directory.CreateDirectory(_folder.File("out")).FullName;

    private IEnumerable<(string Part, nn.Module Module)> Parts()
        => [("unet", Network.Unet), ("vae", Network.Vae), ("text_encoder", Network.Text), ("clip", Network.Clip)];
}
