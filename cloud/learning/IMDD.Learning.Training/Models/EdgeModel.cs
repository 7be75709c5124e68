using System.Text.Json;
using System.Text.Json.Serialization;
using IMDD.Contracts.Identity;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Text;
using IMDD.Safetensors;
using TorchSharp;

namespace IMDD.Learning.Training.Models;

/// <summary>A network with the text encoder that was trained with it, and what they are called. On disk: a folder of two files.</summary>
public sealed class EdgeModel : IDisposable
{
    /// <summary>Weights of both modules.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>The description.</summary>
    public const string DescriptionFile = "model.json";

    /// <summary>Prefix of the network's tensors.</summary>
    public const string NetworkPrefix = "network.";

    /// <summary>Prefix of the text encoder's.</summary>
    public const string TextPrefix = "text.";

    private const long MaxBytes = 256L << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A model with weights drawn from torch's generator.</summary>
    public EdgeModel(EdgeModelDescription description)
    {
        Description = description;
        Network = new EdgeNetwork(description.Network);
        Text = new TextEncoder(description.Network.EmbeddingLength);
    }

    /// <summary>All but the weights.</summary>
    public EdgeModelDescription Description { get; set; }

    /// <summary>The network.</summary>
    public EdgeNetwork Network { get; }

    /// <summary>The text encoder.</summary>
    public TextEncoder Text { get; }

    /// <summary>Reads a model.</summary>
    /// <exception cref="TrainingException">Not a model; the message names the file.</exception>
    public static EdgeModel Load(string folder)
    {
        EdgeModelDescription description;
        IReadOnlyDictionary<string, Float32Tensor> tensors;
        try
        {
            description = JsonSerializer.Deserialize<EdgeModelDescription>(ReadBounded(Path.Combine(folder, DescriptionFile)), Json)
                ?? throw new TrainingException($"{Path.Combine(folder, DescriptionFile)} is null: expected a model's description.");
            tensors = SafetensorsFile.Read(ReadBounded(Path.Combine(folder, WeightsFile)));
            description.Network.Validate();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or SafetensorsException or ArgumentException)
        {
            throw new TrainingException($"'{folder}' is not a trained model: {e.Message}", e);
        }

        EdgeModel model = new(description);
        model.Set(tensors);
        return model;
    }

    /// <summary>Writes both files, each whole or not at all. The same model writes the same bytes.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteWhole(Path.Combine(folder, WeightsFile), WeightBytes());
        WriteWhole(Path.Combine(folder, DescriptionFile), Bytes(Description));
    }

    /// <summary>Rounds every weight to 16 bits, in which they are kept from now on: half the size on disk, the same arithmetic.</summary>
    public void RoundToHalf()
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (var (_, tensor) in ModuleTensors.Of(Network).Concat(ModuleTensors.Of(Text)))
        {
            tensor.copy_(tensor.to_type(torch.ScalarType.Float16).to_type(torch.ScalarType.Float32));
        }

        Description = Description with { HalfWeights = true };
    }

    /// <summary>The weights, named.</summary>
    public IReadOnlyList<Float32Tensor> Tensors() => [.. ModuleTensors.Read(Network, NetworkPrefix), .. ModuleTensors.Read(Text, TextPrefix)];

    /// <summary>Takes over weights.</summary>
    /// <exception cref="TrainingException">They do not fit.</exception>
    public void Set(IReadOnlyDictionary<string, Float32Tensor> tensors)
    {
        ModuleTensors.Write(Network, NetworkPrefix, tensors);
        ModuleTensors.Write(Text, TextPrefix, tensors);
    }

    /// <summary><c>sha256:</c> digest of the weights.</summary>
    public string Digest() => ContentDigest.Of(SafetensorsFile.Write(Tensors()));

    /// <summary>The rows <c>[K, D]</c> of the description: of a class's words, of unit length where nothing else is said, or fitted to regions.</summary>
    public torch.Tensor Rows()
    {
        using var scope = torch.NewDisposeScope();
        var ofClasses = RowsOf(Description.Classes);
        if (Description.Rows is not { } listed)
        {
            return ofClasses.MoveToOuterDisposeScope();
        }

        var classes = Description.Classes.Select((c, i) => (c.Id, Index: i)).ToDictionary(c => c.Id, c => c.Index, StringComparer.Ordinal);
        return torch.stack(listed.Select(row => row.Prototype is { } made ? torch.tensor(made.ToArray()) : Longer(ofClasses[classes[row.ClassId]], row.Gain)))
            .MoveToOuterDisposeScope();
    }

    private static torch.Tensor Longer(torch.Tensor row, double? gain) => gain is { } by ? row * torch.tensor((float)by) : row;

    /// <summary>One unit row for each of any words, seen in training or not: the mean over its texts, which are its name and synonyms where it says no others.</summary>
    /// <exception cref="ArgumentException">A name has no word in it.</exception>
    public torch.Tensor RowsOf(IReadOnlyList<TrainedClass> classes)
    {
        using var scope = torch.NewDisposeScope();
        var rows = classes.Select(c => Text.forward(c.RowTexts ?? [c.Name, .. c.Synonyms]).mean([0]));
        return torch.nn.functional.normalize(torch.stack(rows), 2, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        Text.Dispose();
    }

    /// <summary>The bytes of <see cref="WeightsFile"/>.</summary>
    internal byte[] WeightBytes() => SafetensorsFile.Write(Tensors(), Description.HalfWeights);

    /// <summary>The bytes of <see cref="DescriptionFile"/>.</summary>
    internal static byte[] Bytes(EdgeModelDescription description) => JsonSerializer.SerializeToUtf8Bytes(description, Json);

    /// <summary>A file that is there whole or not at all.</summary>
    internal static void WriteWhole(string path, byte[] bytes)
    {
        var unfinished = path + ".partial";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }

    private static byte[] ReadBounded(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw new TrainingException($"{path} has {file.Length} bytes: expected at most {MaxBytes}.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
