using System.Buffers;
using OpenCvSharp;

namespace IMDD.Imaging.Masks;

/// <summary>Components of a binary mask, 8-connected. The labels are in pooled memory that is given back on dispose.</summary>
public sealed class ConnectedComponents : IDisposable
{
    private const int StatisticsColumns = 5;
    private readonly int _length;
    private readonly ComponentStatistics[] _statistics;
    private int[]? _labels;

    static ConnectedComponents() => OpenCvRuntime.Initialize();

    private ConnectedComponents(int[] labels, int length, ComponentStatistics[] statistics)
    {
        _labels = labels;
        _length = length;
        _statistics = statistics;
    }

    /// <summary>Number of components.</summary>
    public int Count => _statistics.Length;

    /// <summary>Component of every element of the mask, row-major: 0 is none, 1 is the first.</summary>
    public ReadOnlySpan<int> Labels => (_labels ?? throw new ObjectDisposedException(nameof(ConnectedComponents))).AsSpan(0, _length);

    /// <summary>Of component <paramref name="label"/>, from 1 to <see cref="Count"/>.</summary>
    public ComponentStatistics this[int label] => _statistics[label - 1];

    /// <summary>Labels the components of <paramref name="mask"/> (<c>height × width</c>, non-zero is set).</summary>
    public static ConnectedComponents Find(ReadOnlySpan<byte> mask, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, width * height);
        var labels = ArrayPool<int>.Shared.Rent(mask.Length);
        try
        {
            return new ConnectedComponents(labels, mask.Length, Label(mask, width, height, labels));
        }
        catch
        {
            ArrayPool<int>.Shared.Return(labels);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _labels, null) is { } labels)
        {
            ArrayPool<int>.Shared.Return(labels);
        }
    }

    private static unsafe ComponentStatistics[] Label(ReadOnlySpan<byte> mask, int width, int height, int[] labels)
    {
        fixed (byte* maskStart = mask)
        fixed (int* labelsStart = labels)
        {
            using var input = Mat.FromPixelData(height, width, MatType.CV_8UC1, (nint)maskStart);

            // Right size and type already, so OpenCV writes into it.
            using var output = Mat.FromPixelData(height, width, MatType.CV_32SC1, (nint)labelsStart);
            using Mat statistics = new();
            using Mat centroids = new();
            var count = Cv2.ConnectedComponentsWithStats(input, output, statistics, centroids, PixelConnectivity.Connectivity8, MatType.CV_32S);
            var components = new ComponentStatistics[count - 1];
            for (var label = 1; label < count; label++)
            {
                ReadOnlySpan<int> row = new((int*)statistics.Ptr(label), StatisticsColumns);
                components[label - 1] = new ComponentStatistics(row[0], row[1], row[2], row[3], row[4]);
            }

            return components;
        }
    }
}
