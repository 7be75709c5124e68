using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class NativeLibraryTests
{
    /// <summary>The library as shipped does not load on Debian 12; the build mends it.</summary>
    [Fact]
    public void Tensor_MultipliedByATensor_IsComputedByLibtorch()
    {
        using var scope = torch.NewDisposeScope();
        var product = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } }).matmul(torch.tensor(new float[,] { { 1 }, { 10 } }));

        product.data<float>().ToArray().ShouldBe([21f, 43f]);
    }
}
