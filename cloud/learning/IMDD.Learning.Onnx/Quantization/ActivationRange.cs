using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>What an activation is taken to lie in; zero is always within, so that padding is exact.</summary>
/// <param name="Low">At most zero.</param>
/// <param name="High">At least zero.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ActivationRange(float Low, float High)
{
    private const int Levels = byte.MaxValue;

    /// <summary>Value of one step of an unsigned byte.</summary>
    public float Scale => High > Low ? (High - Low) / Levels : 1;

    /// <summary>The byte that stands for zero.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(MathF.Round(-Low / Scale), 0, Levels);
}
