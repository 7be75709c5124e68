using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>
/// Feature maps and kernels with the channels of a pixel side by side in memory, which convolutions on tensor cores and attention over pixels read as they
/// lie. TorchSharp has no memory formats; strides are enough, for libtorch tells the format by them.
/// </summary>
public static class ChannelsLast
{
    /// <summary>The same map, its channels last in memory.</summary>
    /// <param name="map">[B, C, H, W].</param>
    public static Tensor Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        return map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Lays out the kernels of every convolution this way; their values and shapes stay. Before an optimizer gets hold of them.</summary>
    public static void Apply(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var convolution in network.modules().OfType<Convolution>().Where(convolution => convolution.weight.Dimensions == 4))
        {
            convolution.weight = nn.Parameter(Of(convolution.weight.detach()).DetachFromDisposeScope(), convolution.weight.requires_grad);
        }
    }
}
