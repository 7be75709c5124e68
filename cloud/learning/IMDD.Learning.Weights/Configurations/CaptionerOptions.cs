namespace IMDD.Learning.Weights.Configurations;

/// <summary>Widths and form of the implicit captioner.</summary>
/// <param name="ImageWidth">Width of CLIP's image embedding: 512 for ViT-B.</param>
/// <param name="HiddenWidth">256 gives the paper's 0.3 million parameters.</param>
/// <param name="TextWidth">Width of the text states: 768 for Stable Diffusion 1.</param>
/// <param name="Tokens">Tokens of the context.</param>
/// <param name="Form">How the embedding becomes a context.</param>
public sealed record CaptionerOptions(
    int ImageWidth = 512, int HiddenWidth = 256, int TextWidth = 768, int Tokens = 77, CaptionContext Form = CaptionContext.Gated);
