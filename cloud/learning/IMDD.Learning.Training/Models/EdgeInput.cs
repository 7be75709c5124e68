using IMDD.Imaging;
using IMDD.Learning.Networks;
using static TorchSharp.torch;

namespace IMDD.Learning.Training.Models;

/// <summary>Makes a network's input of a picture's bytes.</summary>
public static class EdgeInput
{
    /// <summary>Padded by edge replication to the network's stride, bytes <c>[1, H, W, 3]</c>.</summary>
    public static Tensor Bytes(RgbImage image)
    {
        int width = EdgePadding.RoundUp(image.Width, EdgeNetworkOptions.Stride), height = EdgePadding.RoundUp(image.Height, EdgeNetworkOptions.Stride);
        var bytes = new byte[width * height * 3];
        EdgePadding.Copy(image, bytes, width, height);
        return tensor(bytes, [1, height, width, 3]);
    }

    /// <summary>The same as <c>[1, 3, H, W]</c>, 0 to 1.</summary>
    public static Tensor From(byte[] rgb, int width, int height)
    {
        using RgbImage image = new(width, height);
        rgb.CopyTo(image.Pixels);
        using var scope = NewDisposeScope();
        return (Bytes(image).to_type(ScalarType.Float32) / 255f).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
