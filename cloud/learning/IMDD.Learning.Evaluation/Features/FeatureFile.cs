using IMDD.Inference.Bundles;
using IMDD.Safetensors;
using MathNet.Numerics.LinearAlgebra;

namespace IMDD.Learning.Evaluation.Features;

/// <summary>Reads a matrix <c>[samples, numbers]</c> from a NumPy or a safetensors file.</summary>
public static class FeatureFile
{
    private const long MaxBytes = 2_000_000_000;
    private const string Preferred = "features";

    /// <summary>The matrix, a row a sample.</summary>
    /// <exception cref="FeatureFileException">Not readable, of another layout, or with numbers that are not finite.</exception>
    public static Matrix<double> Read(string path)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            bytes = length <= MaxBytes ? File.ReadAllBytes(path) : throw new FeatureFileException($"'{path}' has {length} bytes: expected at most {MaxBytes}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FeatureFileException($"'{path}' cannot be read: {e.Message}", e);
        }

        var matrix = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => NumpyArray.Parse(bytes, path),
            ".safetensors" => Safetensors(bytes, path),
            var other => throw new FeatureFileException($"'{path}' ends in '{other}': expected .npy or .safetensors."),
        };
        return matrix.ForAll(double.IsFinite) ? matrix : throw new FeatureFileException($"'{path}' holds numbers that are not finite.");
    }

    private static Matrix<double> Safetensors(byte[] bytes, string path)
    {
        try
        {
            var tensors = SafetensorsFile.Read(bytes);
            var tensor = tensors.GetValueOrDefault(Preferred) ?? (tensors.Count == 1 ? tensors.Values.First() : null);
            return tensor is { Shape: [> 0 and var rows, > 0 and var columns] }
                ? Matrix<double>.Build.Dense(rows, columns, (i, j) => tensor.Values.Span[i * columns + j])
                : throw new FeatureFileException(
                    $"'{path}' has {string.Join(", ", tensors.Values.Select(t => $"'{t.Name}' [{string.Join(", ", t.Shape)}]"))}: expected one tensor, or one named '{Preferred}', of [samples, numbers].");
        }
        catch (SafetensorsException e)
        {
            throw new FeatureFileException($"'{path}' is not a safetensors file of float32: {e.Message}", e);
        }
    }
}
