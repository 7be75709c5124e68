namespace IMDD.Learning.Weights.Configurations;

/// <summary>Widths of the open-vocabulary head.</summary>
/// <param name="Width">Width of the decoder's queries.</param>
/// <param name="MaskWidth">Width of the mask features that are pooled.</param>
/// <param name="TextWidth">Width of the text encoder's embeddings: 512 for ViT-B.</param>
/// <param name="EmbeddingWidth">Width in which masks and texts are compared.</param>
public sealed record OpenVocabularyOptions(int Width = 256, int MaskWidth = 256, int TextWidth = 512, int EmbeddingWidth = 256);
