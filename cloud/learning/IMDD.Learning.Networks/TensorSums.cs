using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>
/// Sums of tensors and kept numbers, safe from the garbage collector. The operator <c>+</c> hands libtorch a factor of 1 as an object with a
/// finaliser that TorchSharp (0.107) does not keep alive during the native call: a collection at that moment frees it while it is read, and the call
/// fails. Some thousand pictures in a row meet it. Here the factor is kept for good.
/// </summary>
internal static class TensorSums
{
    private static readonly Scalar One = 1;

    /// <summary>The sum.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>The sum with a number, which the caller keeps.</summary>
    public static Tensor Plus(this Tensor left, Scalar kept) => left.add(kept, One);
}
