namespace IMDD.Learning.Weights.Files;

/// <summary>Where the public parts of a foundation model lie. A part's own path counts before folder and checkpoint.</summary>
/// <param name="Clip">A Hugging Face folder of a whole CLIP, or its file.</param>
/// <param name="Folder">A diffusers folder with <c>unet</c>, <c>vae</c> and <c>text_encoder</c>.</param>
/// <param name="Checkpoint">A single-file checkpoint of the latent-diffusion code, instead of a folder.</param>
/// <param name="Unet">A diffusers folder of the denoising network, or its file.</param>
/// <param name="Vae">The same of the autoencoder.</param>
/// <param name="Text">A Hugging Face folder of the text tower, or its file.</param>
public sealed record PublicWeights(string Clip, string? Folder = null, string? Checkpoint = null, string? Unet = null, string? Vae = null, string? Text = null);
