using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Layouts;

/// <summary>Tensors of the foundation model's parts.</summary>
public static class FoundationLayout
{
    /// <summary>The layout of every part, by the prefix that its tensors have in one file.</summary>
    public static IReadOnlyDictionary<string, TensorLayout> Parts(FoundationConfiguration configuration) => new Dictionary<string, TensorLayout>(StringComparer.Ordinal)
    {
        ["vae"] = VaeLayout.Of(configuration.Vae),
        ["unet"] = UnetLayout.Of(configuration.Unet),
        ["text_encoder"] = ClipLayout.Of(configuration.Text),
        ["clip"] = ClipLayout.Of(configuration.Clip),
        ["captioner"] = Of(configuration.Captioner),
        ["mask_generator"] = MaskGeneratorLayout.Of(configuration.Masks),
        ["vocabulary"] = Of(configuration.Vocabulary),
    };

    /// <summary>The whole model, as it lies in one file.</summary>
    public static TensorLayout Of(FoundationConfiguration configuration)
        => new(Parts(configuration).SelectMany(part => part.Value.Shapes.Select(tensor => KeyValuePair.Create($"{part.Key}.{tensor.Key}", tensor.Value))));

    /// <summary>The implicit captioner.</summary>
    public static TensorLayout Of(CaptionerOptions options)
    {
        var builder = new LayoutBuilder();
        builder.Linear("fc1", options.ImageWidth, options.HiddenWidth);
        builder.Linear("fc2", options.HiddenWidth, options.TextWidth);
        if (options.Form == CaptionContext.Gated)
        {
            builder.Tensor("positions", options.Tokens, options.TextWidth);
            builder.Tensor("gate", options.Tokens, options.TextWidth);
        }

        return builder.Build();
    }

    /// <summary>The open-vocabulary head.</summary>
    public static TensorLayout Of(OpenVocabularyOptions options)
    {
        var builder = new LayoutBuilder();
        builder.Norm("pooled_norm", options.MaskWidth);
        builder.Linear("pooled", options.MaskWidth, options.Width);
        builder.Norm("norm", options.Width);
        builder.Perceptron("embed", options.Width, options.EmbeddingWidth);
        builder.Linear("text", options.TextWidth, options.EmbeddingWidth);
        builder.Tensor("no_object", options.TextWidth);
        builder.Tensor("logit_scale");
        return builder.Build();
    }
}
