using IMDD.Imaging;
using IMDD.Inference.Bindings;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference;

/// <summary>Pinned inputs and outputs of one frame size, bound once per batch size and used again for every run.</summary>
internal sealed class SegmenterBuffers : IDisposable
{
    private const int Channels = 3;

    private readonly Func<ISegmenterBinding> _bind;
    private readonly OrtValue _text;
    private readonly Dictionary<int, ISegmenterBinding> _bindings = [];
    private readonly byte[] _image;
    private readonly byte[]? _reference;
    private readonly float[] _defect;
    private readonly int[] _class;
    private readonly float[] _classScore;
    private readonly float[] _classMargin;
    private readonly float[] _imageScore;
    private readonly float[] _embedding;

    /// <param name="bind">Makes a binding for a batch size.</param>
    /// <param name="text">Bound as input <c>text</c>; owned by the caller.</param>
    /// <param name="shape">Size of the padded frame and of what comes out.</param>
    /// <param name="capacity">Largest batch.</param>
    /// <param name="takesReference">Whether there is an input <c>reference</c>.</param>
    public SegmenterBuffers(Func<ISegmenterBinding> bind, OrtValue text, SegmenterShape shape, int capacity, bool takesReference)
    {
        _bind = bind;
        _text = text;
        Shape = shape;
        Capacity = capacity;
        _image = Pinned<byte>(checked(capacity * shape.Height * shape.Width * Channels));
        _reference = takesReference ? Pinned<byte>(_image.Length) : null;
        var plane = checked(capacity * shape.PlaneLength);
        _defect = Pinned<float>(plane);
        _class = Pinned<int>(plane);
        _classScore = Pinned<float>(plane);
        _classMargin = Pinned<float>(plane);
        _imageScore = Pinned<float>(capacity);
        _embedding = Pinned<float>(capacity * shape.EmbeddingLength);
    }

    public SegmenterShape Shape { get; }

    public int Capacity { get; }

    /// <summary>Pads an image, and its reference where the model takes one, into their place of the batch.</summary>
    public void Load(int index, RgbImage image, RgbImage? reference)
    {
        Load(_image, index, image);
        if (_reference is not null)
        {
            Load(_reference, index, reference!);
        }
    }

    public void Run(RunOptions options, int batch)
    {
        if (!_bindings.TryGetValue(batch, out var binding))
        {
            binding = Bind(batch);
            _bindings.Add(batch, binding);
        }

        binding.Run(options);
    }

    /// <summary>The outputs for one image of the batch, views on this memory.</summary>
    /// <exception cref="SegmenterException">The model gave what is not a number.</exception>
    public SegmentationResult Result(int index, int imageWidth, int imageHeight)
    {
        var planes = index * Shape.PlaneLength;
        var width = EdgePadding.RoundUp(imageWidth, Shape.OutputStride) / Shape.OutputStride;
        var height = EdgePadding.RoundUp(imageHeight, Shape.OutputStride) / Shape.OutputStride;
        SegmentationResult result = new()
        {
            Width = width,
            Height = height,
            RowStride = Shape.PlaneWidth,
            OutputStride = Shape.OutputStride,
            Defect = _defect.AsMemory(planes, Shape.PlaneLength),
            Class = _class.AsMemory(planes, Shape.PlaneLength),
            ClassScore = _classScore.AsMemory(planes, Shape.PlaneLength),
            ClassMargin = _classMargin.AsMemory(planes, Shape.PlaneLength),
            ImageScore = _imageScore[index],
            Embedding = _embedding.AsMemory(index * Shape.EmbeddingLength, Shape.EmbeddingLength),
        };

        // A comparison with NaN is false, so a broken model would pass every part.
        if (!float.IsFinite(result.ImageScore) || !Finite.All(result.Defect.Span))
        {
            throw new SegmenterException($"The model's outputs for image {index} of the batch are not finite numbers.", fault: SegmenterFault.NotFinite);
        }

        return result;
    }

    public void Dispose()
    {
        foreach (var binding in _bindings.Values)
        {
            binding.Dispose();
        }

        _bindings.Clear();
    }

    private void Load(byte[] batch, int index, RgbImage image)
    {
        var length = Shape.Height * Shape.Width * Channels;
        EdgePadding.Copy(image, batch.AsSpan(index * length, length), Shape.Width, Shape.Height);
    }

    private static T[] Pinned<T>(int length) => GC.AllocateUninitializedArray<T>(length, pinned: true);

    private ISegmenterBinding Bind(int batch)
    {
        var binding = _bind();
        try
        {
            Bind(binding, batch);
            return binding;
        }
        catch
        {
            // An accelerator's memory may be what ran out, and part of it is this one's.
            binding.Dispose();
            throw;
        }
    }

    private void Bind(ISegmenterBinding binding, int batch)
    {
        long[] plane = [batch, Shape.PlaneHeight, Shape.PlaneWidth];
        var elements = batch * Shape.PlaneLength;
        long[] pictures = [batch, Shape.Height, Shape.Width, Channels];
        var bytes = batch * Shape.Height * Shape.Width * Channels;
        binding.Input(SegmenterContract.Image, _image.AsMemory(0, bytes), pictures);
        if (_reference is not null)
        {
            binding.Input(SegmenterContract.Reference, _reference.AsMemory(0, bytes), pictures);
        }

        binding.Constant(SegmenterContract.Text, _text);
        binding.Output(SegmenterContract.Defect, _defect.AsMemory(0, elements), plane);
        binding.Output(SegmenterContract.Class, _class.AsMemory(0, elements), plane);
        binding.Output(SegmenterContract.ClassScore, _classScore.AsMemory(0, elements), plane);
        binding.Output(SegmenterContract.ClassMargin, _classMargin.AsMemory(0, elements), plane);
        binding.Output(SegmenterContract.ImageScore, _imageScore.AsMemory(0, batch), [batch]);
        binding.Output(SegmenterContract.Embedding, _embedding.AsMemory(0, batch * Shape.EmbeddingLength), [batch, Shape.EmbeddingLength]);
    }
}
