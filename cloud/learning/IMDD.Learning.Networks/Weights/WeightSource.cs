namespace IMDD.Learning.Networks.Weights;

/// <summary>A file that weights were taken from.</summary>
/// <param name="File">Its name, without folder.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
public sealed record WeightSource(string File, string Sha256);
