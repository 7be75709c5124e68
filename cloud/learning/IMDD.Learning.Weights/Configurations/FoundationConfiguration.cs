using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>
/// The whole foundation model: every part's widths and depths, and the noise schedule its weights belong to. Configurations are data: those that come with
/// the program are JSON files inside this assembly.
/// </summary>
/// <param name="Name">What it is called.</param>
/// <param name="Unet">The denoising network.</param>
/// <param name="Vae">The image autoencoder.</param>
/// <param name="Text">The text tower that conditions the denoising network.</param>
/// <param name="Clip">CLIP: its image embedding is the captioner's input, its text embedding what masks are named by.</param>
/// <param name="Captioner">The implicit captioner.</param>
/// <param name="Masks">The mask generator.</param>
/// <param name="Vocabulary">The head that names masks.</param>
/// <param name="Schedule">The noise schedule.</param>
/// <param name="FeatureTimestep">The timestep at which features are read, from 0; passed to the schedule and to the time embedding alike.</param>
/// <param name="FeatureSeed">Seed of the noise that is added before.</param>
/// <param name="Paper">Where training follows the paper's letter; says nothing of shapes.</param>
/// <param name="FineMasks">
/// Whether masks are predicted at half the latent's stride, with what the autoencoder's encoder sees there as one more map: a defect that is small beside a
/// cell of the latent keeps its shape. The paper's are at the latent's.
/// </param>
public sealed record FoundationConfiguration(
    string Name,
    UnetConfiguration Unet,
    VaeConfiguration Vae,
    ClipTextConfiguration Text,
    ClipConfiguration Clip,
    CaptionerOptions Captioner,
    MaskGeneratorOptions Masks,
    OpenVocabularyOptions Vocabulary,
    NoiseScheduleOptions Schedule,
    int FeatureTimestep,
    int FeatureSeed,
    PaperModes Paper = PaperModes.None,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool FineMasks = false)
{
    /// <summary>Names of those that come with the program, smallest first.</summary>
    public static IReadOnlyList<string> Known { get; } = ["tiny", "base", "sd15"];

    /// <summary>Image pixels per latent pixel along a side.</summary>
    public int LatentStride => 1 << (Vae.Levels - 1);

    /// <summary>Image pixels per pixel of a mask along a side.</summary>
    [JsonIgnore]
    public int MaskStride => FineMasks ? LatentStride / 2 : LatentStride;

    /// <summary>Channels of the maps that the mask generator reads, finest first.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> FeatureChannels => FineMasks ? [Vae.BlockOutChannels[Vae.Levels - 2], .. Unet.BlockOutChannels] : Unet.BlockOutChannels;

    /// <summary>An image's sides are multiples of this.</summary>
    public int Stride => LatentStride << (Unet.Levels - 1);

    /// <summary>One that comes with the program.</summary>
    /// <exception cref="WeightsException">There is none of this name.</exception>
    public static FoundationConfiguration Of(string name)
    {
        var resource = $"{typeof(FoundationConfiguration).Namespace}.{name}.json";
        using var stream = typeof(FoundationConfiguration).Assembly.GetManifestResourceStream(resource)
            ?? throw new WeightsException($"No configuration is called '{name}'; expected one of {string.Join(", ", Known)}, or a file.");
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd(), $"{name}.json");
    }

    /// <summary>One that comes with the program, or a file's.</summary>
    /// <param name="nameOrFile">A name of <see cref="Known"/>, or a file's path.</param>
    /// <exception cref="WeightsException">It is neither, or the file is wrong.</exception>
    public static FoundationConfiguration Open(string nameOrFile) => Known.Contains(nameOrFile) || !File.Exists(nameOrFile)
        ? Of(nameOrFile)
        : Parse(ConfigurationReader.ReadFile(nameOrFile), nameOrFile);

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="origin">The file, for messages.</param>
    /// <exception cref="WeightsException">A field is wrong, or parts do not fit together; every misfit is named.</exception>
    public static FoundationConfiguration Parse(string json, string origin)
    {
        var fields = ConfigurationReader.Parse(json, origin);
        var configuration = new FoundationConfiguration(
            fields.Text("name", "unnamed"),
            UnetConfiguration.Read(fields.Object("unet")),
            VaeConfiguration.Read(fields.Object("vae")),
            ClipTextConfiguration.Read(fields.Object("text_encoder")),
            ClipConfiguration.Read(fields.Object("clip")),
            ReadCaptioner(fields.Object("captioner")),
            ReadMasks(fields.Object("mask_generator")),
            ReadVocabulary(fields.Object("vocabulary")),
            NoiseScheduleOptions.Read(fields.Object("schedule")),
            fields.Whole("feature_timestep", 50),
            fields.Whole("feature_seed", 42),
            PaperModeNames.Parse(fields.Texts("paper") ?? [], out var unknownModes),
            fields.Flag("fine_masks", false));
        if (configuration is { FineMasks: true, Vae.Levels: < 2 })
        {
            throw new WeightsException($"{origin}: fine_masks is true, and vae has one level; expected at least 2.");
        }

        List<string> misfits =
        [
            .. configuration.Misfits(),
            .. unknownModes.Select(mode => $"paper has '{mode}'; expected {string.Join(", ", PaperModeNames.All)}"),
        ];
        return misfits.Count == 0 ? configuration : throw new WeightsException($"{origin}: {string.Join("; ", misfits)}.");
    }

    /// <summary>What <see cref="Parse"/> reads, nothing left to a default: a file of it is a configuration of the same model.</summary>
    public string ToJson() => Write().ToJsonString();

    internal JsonObject Write() => new()
    {
        ["name"] = Name,
        ["unet"] = Unet.Write(),
        ["vae"] = Vae.Write(),
        ["text_encoder"] = Text.Write(),
        ["clip"] = Clip.Write(),
        ["captioner"] = new JsonObject
        {
            ["image_width"] = Captioner.ImageWidth,
            ["hidden_width"] = Captioner.HiddenWidth,
            ["text_width"] = Captioner.TextWidth,
            ["tokens"] = Captioner.Tokens,
            ["context"] = Captioner.Form == CaptionContext.Repeated ? "repeated" : "gated",
        },
        ["mask_generator"] = new JsonObject
        {
            ["in_channels"] = ConfigurationWriter.List(Masks.InChannels),
            ["pixel_width"] = Masks.PixelWidth,
            ["width"] = Masks.Width,
            ["queries"] = Masks.Queries,
            ["layers"] = Masks.Layers,
            ["heads"] = Masks.Heads,
            ["hidden_width"] = Masks.HiddenWidth,
            ["mask_width"] = Masks.MaskWidth,
            ["norm_groups"] = Masks.NormGroups,
        },
        ["vocabulary"] = new JsonObject
        {
            ["width"] = Vocabulary.Width,
            ["mask_width"] = Vocabulary.MaskWidth,
            ["text_width"] = Vocabulary.TextWidth,
            ["embedding_width"] = Vocabulary.EmbeddingWidth,
        },
        ["schedule"] = Schedule.Write(),
        ["feature_timestep"] = FeatureTimestep,
        ["feature_seed"] = FeatureSeed,
        ["paper"] = ConfigurationWriter.List(PaperModeNames.Of(Paper)),
        ["fine_masks"] = FineMasks,
    };

    private static CaptionerOptions ReadCaptioner(ConfigurationReader fields) => new(
        fields.Size("image_width", 512),
        fields.Size("hidden_width", 256),
        fields.Size("text_width", 768),
        fields.Size("tokens", 77),
        fields.Text("context", "gated") switch
        {
            "gated" => CaptionContext.Gated,
            "repeated" => CaptionContext.Repeated,
            _ => throw fields.Wrong("context", "\"gated\" or \"repeated\""),
        });

    private static MaskGeneratorOptions ReadMasks(ConfigurationReader fields) => new(
        fields.Sizes("in_channels"),
        fields.Size("pixel_width", fields.Size("width", 256)),
        fields.Size("width", 256),
        fields.Size("queries", 100),
        fields.Layers("layers", 9),
        fields.Size("heads", 8),
        fields.Size("hidden_width", 2048),
        fields.Size("mask_width", 256),
        Classes: null,
        fields.Size("norm_groups", 32));

    private static OpenVocabularyOptions ReadVocabulary(ConfigurationReader fields) => new(
        fields.Size("width", 256), fields.Size("mask_width", 256), fields.Size("text_width", 512), fields.Size("embedding_width", 256));

    private IEnumerable<string> Misfits()
    {
        List<(bool Holds, string Complaint)> rules =
        [
            (Unet.InChannels == Vae.LatentChannels, $"unet takes {Unet.InChannels} channels; expected vae's {Vae.LatentChannels}"),
            (Unet.OutChannels == Vae.LatentChannels, $"unet gives {Unet.OutChannels} channels; expected vae's {Vae.LatentChannels}"),
            (Unet.CrossAttentionWidth == Text.Tower.Width, $"unet attends to states of {Unet.CrossAttentionWidth}; expected text_encoder's {Text.Tower.Width}"),
            (Captioner.ImageWidth == Clip.Projection, $"captioner takes {Captioner.ImageWidth}; expected clip's {Clip.Projection}"),
            (Captioner.TextWidth == Text.Tower.Width, $"captioner gives {Captioner.TextWidth}; expected text_encoder's {Text.Tower.Width}"),
            (Captioner.Tokens == Text.Context, $"captioner gives {Captioner.Tokens} tokens; expected text_encoder's {Text.Context}"),
            (Masks.InChannels.SequenceEqual(FeatureChannels),
                $"mask_generator takes [{string.Join(", ", Masks.InChannels)}]; expected {(FineMasks ? "vae's and unet's, for fine_masks," : "unet's")} [{string.Join(", ", FeatureChannels)}]"),
            (Vocabulary.Width == Masks.Width, $"vocabulary takes queries of {Vocabulary.Width}; expected mask_generator's {Masks.Width}"),
            (Vocabulary.MaskWidth == Masks.MaskWidth, $"vocabulary takes features of {Vocabulary.MaskWidth}; expected mask_generator's {Masks.MaskWidth}"),
            (Vocabulary.TextWidth == Clip.Projection, $"vocabulary takes texts of {Vocabulary.TextWidth}; expected clip's {Clip.Projection}"),
            (FeatureTimestep < Schedule.Steps, $"feature_timestep is {FeatureTimestep}; expected below {Schedule.Steps}"),
            (Schedule.Curve == NoiseCurve.Cosine || (Schedule.Start > 0 && Schedule.Start <= Schedule.End && Schedule.End < 1),
                $"schedule goes from {Schedule.Start} to {Schedule.End}; expected 0 < start ≤ end < 1"),
            (Schedule.Steps > 1, $"schedule has {Schedule.Steps} steps; expected at least 2"),
        ];
        return [.. rules.Where(rule => !rule.Holds).Select(rule => rule.Complaint), .. Masks.Problems().Select(problem => $"mask_generator: {problem}")];
    }
}
