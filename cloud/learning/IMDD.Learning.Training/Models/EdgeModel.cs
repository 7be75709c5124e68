using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Learning.Networks;
using IMDD.Learning.Networks.Text;
using IMDD.Safetensors;
using TorchSharp;

namespace IMDD.Learning.Training.Models;

/// <summary>
/// A network with the text encoder that was trained with it, and what they are called. On disk: a folder of two files, and of a third where rows are made with CLIP.
/// </summary>
public sealed class EdgeModel : IDisposable
{
    /// <summary>Weights of both modules.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>The description.</summary>
    public const string DescriptionFile = "model.json";

    /// <summary>
    /// CLIP's embeddings of the classes' texts, where rows are made with it: what is said of these classes needs no CLIP. Beside the weights, which a word more leaves
    /// as they are.
    /// </summary>
    public const string ClipTextsFile = "clip-texts.safetensors";

    /// <summary>Prefix of the network's tensors.</summary>
    public const string NetworkPrefix = "network.";

    /// <summary>Prefix of the text encoder's.</summary>
    public const string TextPrefix = "text.";

    private const long MaxBytes = 256L << 20;

    // A tensor there is called by its text, and a text may be any.
    private const string KeptPrefix = "text:";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A model with weights drawn from torch's generator.</summary>
    /// <param name="description">All but the weights.</param>
    /// <param name="texts">Of the CLIP that the description says; null: rows are made of letters.</param>
    /// <exception cref="ArgumentException">The description says another CLIP, or none.</exception>
    public EdgeModel(EdgeModelDescription description, ClipTexts? texts = null)
    {
        if (description.Clip != texts?.Reference)
        {
            throw new ArgumentException($"The model's rows are made {Made(description.Clip)}: they cannot be made {Made(texts?.Reference)}.", nameof(texts));
        }

        Description = description;
        Texts = texts;
        Network = new EdgeNetwork(description.Network);
        Text = texts is null ? new TextEncoder(description.Network.EmbeddingLength) : new ClipRowEncoder(texts, description.Network.EmbeddingLength);
    }

    /// <summary>All but the weights.</summary>
    public EdgeModelDescription Description { get; set; }

    /// <summary>The network.</summary>
    public EdgeNetwork Network { get; }

    /// <summary>The text encoder.</summary>
    public RowEncoder Text { get; }

    /// <summary>What its rows are made of with CLIP; null: they are made of letters.</summary>
    public ClipTexts? Texts { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="folder">Its files.</param>
    /// <param name="clip">The CLIP that its rows are made with, which stays the caller's and has to stay open; null: the classes that it has are all that is asked for.</param>
    /// <exception cref="TrainingException">Not a model, the message names the file; or one whose rows are made of letters, and a CLIP is given.</exception>
    /// <exception cref="Weights.WeightsException">Its rows are made with another CLIP; the message names what differs.</exception>
    public static EdgeModel Load(string folder, ClipTextEmbedder? clip = null) => Read(folder, file => ReadBounded(Path.Combine(folder, file)), clip);

    /// <summary>Reads the model of a bundle, whose files are checked as they are read: what is loaded is what was opened.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="clip">As of <see cref="Load"/>.</param>
    /// <exception cref="TrainingException">As of <see cref="Load"/>; or a file is no longer what it was.</exception>
    /// <exception cref="Weights.WeightsException">As of <see cref="Load"/>.</exception>
    public static EdgeModel LoadFrom(ModelBundle bundle, ClipTextEmbedder? clip = null) => Read(bundle.Directory, bundle.ReadFile, clip);

    private static EdgeModel Read(string folder, Func<string, byte[]> read, ClipTextEmbedder? clip)
    {
        EdgeModelDescription description;
        IReadOnlyDictionary<string, Float32Tensor> tensors;
        ClipTexts? texts;
        try
        {
            description = JsonSerializer.Deserialize<EdgeModelDescription>(read(DescriptionFile), Json)
                ?? throw new TrainingException($"{Path.Combine(folder, DescriptionFile)} is null: expected a model's description.");
            tensors = SafetensorsFile.Read(read(WeightsFile));
            description.Network.Validate();
            texts = description.Clip is { } reference ? ReadTexts(folder, read, reference, clip) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or SafetensorsException or ArgumentException or ModelBundleException)
        {
            throw new TrainingException($"'{folder}' is not a trained model: {e.Message}", e);
        }

        if (texts is null && clip is not null)
        {
            throw new TrainingException($"'{folder}' makes its rows {Made(null)}: expected no CLIP.");
        }

        EdgeModel model = new(description, texts);
        model.Set(tensors);
        return model;
    }

    /// <summary>A model of its own with the same weights, whose network looks at pictures at twice their size: where one that is to do so starts from.</summary>
    /// <exception cref="TrainingException">Its map would be finer than half of a picture.</exception>
    public EdgeModel AtTwiceTheSize()
    {
        if (Description.Network.MapStride != 4)
        {
            throw new TrainingException($"A network of output stride {Description.Network.OutputStride} cannot be made to look at pictures at twice their size: expected one of output stride 4.");
        }

        return Copy(Description with { Network = Description.Network with { Doubled = true, OutputStride = Description.Network.MapStride / 2 } });
    }

    /// <summary>Writes its files, each whole or not at all; texts that an older model in the folder kept are removed where it keeps none. The same model writes the same bytes.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteWhole(Path.Combine(folder, WeightsFile), WeightBytes());
        if (TextBytes(Description.Classes) is { } texts)
        {
            WriteWhole(Path.Combine(folder, ClipTextsFile), texts);
        }

        WriteWhole(Path.Combine(folder, DescriptionFile), Bytes(Description));
        RemoveOldTexts(folder);
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
        var rows = classes.Select(c => Text.forward(TextsOf(c)).mean([0]));
        return torch.nn.functional.normalize(torch.stack(rows), 2, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Kind of the text encoder, and the digest of all that its rows depend on: of its weights, and of CLIP where it has one.</summary>
    public TextEncoderReference TextReference()
    {
        var weights = SafetensorsFile.Write(ModuleTensors.Read(Text, TextPrefix));
        return Description.Clip is { } clip
            ? new TextEncoderReference(TextEncoderReference.Clip, ContentDigest.Of([.. weights, .. Encoding.UTF8.GetBytes(Lines(clip))]))
            : new TextEncoderReference(TextEncoderReference.Letters, ContentDigest.Of(weights));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        Text.Dispose();
    }

    /// <summary>A model of its own with the same weights, and with a description that they fit.</summary>
    internal EdgeModel Copy(EdgeModelDescription description)
    {
        EdgeModel model = new(description, Texts);
        model.Set(Tensors().ToDictionary(t => t.Name, StringComparer.Ordinal));
        return model;
    }

    /// <summary>The bytes of <see cref="WeightsFile"/>.</summary>
    internal byte[] WeightBytes() => SafetensorsFile.Write(Tensors(), Description.HalfWeights);

    /// <summary>The bytes of <see cref="ClipTextsFile"/> with the texts of some classes; null where rows are made of letters.</summary>
    internal byte[]? TextBytes(IEnumerable<TrainedClass> classes) => Texts is { } texts
        ? SafetensorsFile.Write(
        [
            .. classes.SelectMany(TextsOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(text => new Float32Tensor(KeptPrefix + text, [texts.Reference.Length], texts.Of(text))),
        ])
        : null;

    /// <summary>Removes <see cref="ClipTextsFile"/> of an older model from a folder where this one has none: a bundle would not list it.</summary>
    internal void RemoveOldTexts(string folder)
    {
        if (Texts is null)
        {
            File.Delete(Path.Combine(folder, ClipTextsFile));
        }
    }

    /// <summary>The bytes of <see cref="DescriptionFile"/>.</summary>
    internal static byte[] Bytes(EdgeModelDescription description) => JsonSerializer.SerializeToUtf8Bytes(description, Json);

    /// <summary>A file that is there whole or not at all.</summary>
    internal static void WriteWhole(string path, byte[] bytes)
    {
        var unfinished = path + ".partial";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }

    private static IReadOnlyList<string> TextsOf(TrainedClass named) => named.RowTexts ?? [named.Name, .. named.Synonyms];

    private static string Made(ClipReference? clip) => clip is null ? "of letters" : $"with {clip}";

    // Digests of text encoders are made of it: it stays as it is.
    private static string Lines(ClipReference clip) => string.Create(CultureInfo.InvariantCulture, $"{clip.Weights}\n{clip.Configuration}\n{clip.Tokenizer}\n{clip.Length}");

    private static ClipTexts ReadTexts(string folder, Func<string, byte[]> read, ClipReference reference, ClipTextEmbedder? clip)
    {
        reference.Validate();
        try
        {
            var kept = SafetensorsFile.Read(read(ClipTextsFile)).Values;
            return new ClipTexts(reference, kept.ToDictionary(one => TextOf(one, reference.Length), one => one.Values.ToArray(), StringComparer.Ordinal), clip);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SafetensorsException)
        {
            throw new TrainingException($"{Path.Combine(folder, ClipTextsFile)}: {e.Message}", e);
        }
    }

    private static string TextOf(Float32Tensor kept, int length)
    {
        if (!kept.Name.StartsWith(KeptPrefix, StringComparison.Ordinal))
        {
            throw new SafetensorsException(SafetensorsFault.Entry, kept.Name, $"is not known; expected {KeptPrefix} and a text.");
        }

        return kept.Shape is [var only] && only == length
            ? kept.Name[KeptPrefix.Length..]
            : throw new SafetensorsException(SafetensorsFault.Shape, kept.Name, $"has shape [{string.Join(", ", kept.Shape)}]; expected [{length}].");
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
