using System.Globalization;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Layouts;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>
/// Floating-point operations of the denoising network, counted over its layers: each kernel and matrix as often as there are pixels or tokens where it stands, and
/// what attention does between them. A multiplication and its addition are two; biases, norms, activations and softmax are left out, as is usual for model FLOPs
/// (Chowdhery et al. 2022, appendix B).
/// </summary>
public static class UnetOperations
{
    /// <summary>What a forward and backward pass does over a forward pass: every product has two for its gradients. Recomputing activations counts for nothing.</summary>
    public const int StepToPass = 3;

    private const int OfMultiplyAdd = 2;

    /// <summary>Of the prediction for one latent.</summary>
    /// <param name="configuration">Widths and depths.</param>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    /// <param name="tokens">Of the text.</param>
    public static long OfPass(UnetConfiguration configuration, long height, long width, long tokens)
    {
        var pixels = new long[configuration.Levels];
        for (var level = 0; level < pixels.Length; level++)
        {
            pixels[level] = height * width;
            (height, width) = ((height + 1) / 2, (width + 1) / 2);
        }

        return UnetLayout.Of(configuration).Shapes.Where(tensor => tensor.Value.Length > 1).Sum(tensor =>
        {
            var here = pixels[Level(tensor.Key, pixels.Length - 1)];
            var products = tensor.Value.Aggregate(Rows(tensor.Key, here, tokens), (product, size) => product * size);
            return OfMultiplyAdd * (products + Attended(tensor.Key, here, tokens, tensor.Value[0]));
        });
    }

    /// <summary>How often a kernel or matrix is multiplied with something.</summary>
    private static long Rows(string name, long pixels, long tokens)
        => name.StartsWith("time_embedding.", StringComparison.Ordinal) || Has(name, ".time_emb_proj.") ? 1
            : Has(name, ".attn2.to_k.") || Has(name, ".attn2.to_v.") ? tokens
            : pixels;

    /// <summary>Products between tokens, counted with the queries: each of them with every key, and every weight with its value.</summary>
    private static long Attended(string name, long pixels, long tokens, long width)
        => Has(name, ".attn1.to_q.") ? 2 * pixels * pixels * width
            : Has(name, ".attn2.to_q.") ? 2 * pixels * tokens * width
            : 0;

    /// <summary>The level whose pixels a tensor is multiplied with: behind a change of size it is the next one's.</summary>
    private static int Level(string name, int last)
    {
        var parts = name.Split('.');
        var block = parts[0] is "down_blocks" or "up_blocks" ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return parts[0] switch
        {
            "down_blocks" => block + (parts[2] == "downsamplers" ? 1 : 0),
            "up_blocks" => last - block - (parts[2] == "upsamplers" ? 1 : 0),
            "mid_block" => last,
            _ => 0,
        };
    }

    private static bool Has(string name, string part) => name.Contains(part, StringComparison.Ordinal);
}
