using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

/// <summary>Attention begins as the identity, which a test of what it computes would not tell from its absence.</summary>
internal static class DrawnAttention
{
    /// <summary>Draws the weights by which what the cells gather is added.</summary>
    public static void DrawAttention(this EdgeNetwork network)
    {
        foreach (var (_, parameter) in network.named_parameters().Where(p => p.name.EndsWith("_joined.weight", StringComparison.Ordinal)))
        {
            torch.nn.init.normal_(parameter, 0, 0.3);
        }
    }
}
