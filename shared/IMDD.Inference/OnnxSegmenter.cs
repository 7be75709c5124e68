using System.Runtime.InteropServices;
using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Inference.Bindings;
using IMDD.Inference.Bundles;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference;

/// <summary>A bundle in ONNX Runtime. Buffers are kept per frame size and used again, so a run allocates next to nothing.</summary>
internal sealed class OnnxSegmenter : ISegmenter
{
    // Frame sizes kept at a time, or all that are warmed up; a line has one or two. The one unused for longest gives up its memory.
    private const int MaxSizes = 4;

    private readonly InferenceSession _session;
    private readonly SegmenterOptions _options;
    private readonly int _embeddingLength;
    private readonly bool _takesReference;
    private readonly RunOptions _runOptions = new();
    private readonly OrtValue _text;
    private readonly List<SegmenterBuffers> _buffers = [];
    private int _lastGraph;

    public OnnxSegmenter(InferenceSession session, ModelBundle bundle, SegmenterOptions options, int embeddingLength)
    {
        _session = session;
        _options = options;
        _embeddingLength = embeddingLength;
        _takesReference = bundle.Manifest.TakesReference();
        Manifest = bundle.Manifest;
        Digest = bundle.Digest;
        long[] shape = [.. bundle.Text.Shape.Select(dimension => (long)dimension)];
        _text = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(bundle.Text.Values), shape);
    }

    /// <inheritdoc/>
    public BundleManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string ExecutionProvider => _options.ExecutionProvider;

    /// <inheritdoc/>
    public SegmentationBatch Run(IReadOnlyList<RgbImage> images, IReadOnlyList<RgbImage>? references = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(images.Count, _options.MaxBatch);
        var (width, height) = (images[0].Width, images[0].Height);
        CheckSizes(images, "Image", width, height);
        CheckReferences(references, images.Count, width, height);
        try
        {
            var buffers = BuffersFor(width, height, images.Count);
            for (var index = 0; index < images.Count; index++)
            {
                buffers.Load(index, images[index], references?[index]);
            }

            buffers.Run(_runOptions, images.Count);
            var results = new SegmentationResult[images.Count];
            for (var index = 0; index < results.Length; index++)
            {
                results[index] = buffers.Result(index, width, height);
            }

            return new SegmentationBatch(results);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or OverflowException or OutOfMemoryException or DllNotFoundException)
        {
            throw new SegmenterException($"{images.Count} images of {width} x {height}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffers.ForEach(buffers => buffers.Dispose());
        _buffers.Clear();
        _text.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static void CheckSizes(IReadOnlyList<RgbImage> pictures, string kind, int width, int height)
    {
        for (var index = 0; index < pictures.Count; index++)
        {
            if (pictures[index].Width != width || pictures[index].Height != height)
            {
                throw new ArgumentException(
                    $"{kind} {index} is {pictures[index].Width} x {pictures[index].Height} in a batch of {width} x {height}.", nameof(pictures));
            }
        }
    }

    private void CheckReferences(IReadOnlyList<RgbImage>? references, int images, int width, int height)
    {
        if (references?.Count != (_takesReference ? images : null))
        {
            throw new ArgumentException(
                _takesReference
                    ? $"{Manifest.Name} compares with a reference of each image: {references?.Count ?? 0} were given for {images} images."
                    : $"{Manifest.Name} takes no reference: {references?.Count} were given.",
                nameof(references));
        }

        if (references is not null)
        {
            CheckSizes(references, "Reference", width, height);
        }
    }

    private ISegmenterBinding Bind() => _options.CudaGraphs ? new DeviceBinding(_session, _options.DeviceId, ++_lastGraph) : new HostBinding(_session);

    /// <summary>The buffers of a size, moved to the end of the list: the front is the one unused for longest.</summary>
    private SegmenterBuffers BuffersFor(int width, int height, int batch)
    {
        SegmenterShape shape = new(
            EdgePadding.RoundUp(width, Manifest.Stride), EdgePadding.RoundUp(height, Manifest.Stride), Manifest.OutputStride, _embeddingLength);
        var index = _buffers.FindIndex(buffers => buffers.Shape == shape);
        if (index >= 0 && _buffers[index].Capacity >= batch)
        {
            var found = _buffers[index];
            _buffers.RemoveAt(index);
            _buffers.Add(found);
            return found;
        }

        if (index >= 0 || _buffers.Count == Math.Max(MaxSizes, _options.WarmUpSizes.Count))
        {
            index = Math.Max(index, 0);
            _buffers[index].Dispose();
            _buffers.RemoveAt(index);
        }

        SegmenterBuffers created = new(Bind, _text, shape, batch, _takesReference);
        _buffers.Add(created);
        return created;
    }
}
