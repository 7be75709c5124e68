namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// The sequence of batches: the n-th is a function of the pictures, the options and the seed, so that a run goes on where it stopped. While one is
/// trained on, the next is cut.
/// </summary>
public sealed class BatchSource
{
    private readonly IReadOnlyList<TrainingPicture> _pictures;
    private readonly PictureSampler _sampler;
    private readonly CropCutter _cutter;
    private readonly CropOptions _options;
    private readonly int _batchSize;
    private readonly int _seed;
    private readonly bool _withReferences;
    private (long Step, Task<Batch> Batch)? _next;

    /// <summary>Prepares the sequence.</summary>
    public BatchSource(IReadOnlyList<TrainingPicture> pictures, CropOptions options, int batchSize, int seed, bool withReferences)
    {
        _pictures = pictures;
        _options = options;
        _batchSize = batchSize;
        _seed = seed;
        _withReferences = withReferences;
        _sampler = new PictureSampler(pictures, seed);
        _cutter = new CropCutter(options);
    }

    /// <summary>The batch of a step, from 0.</summary>
    public async Task<Batch> GetAsync(long step)
    {
        var batch = _next is { } next && next.Step == step ? next.Batch : Task.Run(() => Cut(step));
        var result = await batch.ConfigureAwait(false);
        _next = (step + 1, Task.Run(() => Cut(step + 1)));
        return result;
    }

    private Batch Cut(long step)
    {
        int side = _options.Side, cells = side / _options.OutputStride, picture = 3 * side * side;
        var images = new float[_batchSize * picture];
        var references = _withReferences ? new float[_batchSize * picture] : null;
        var targets = new float[_batchSize * cells * cells];
        var classes = new byte[_batchSize * cells * cells];
        var hasPixelTruth = new bool[_batchSize];
        for (var i = 0; i < _batchSize; i++)
        {
            var position = step * _batchSize + i;
            var crop = _cutter.Cut(_pictures[_sampler.Draw(position)], SeedOf(position));
            crop.Image.CopyTo(images, i * picture);

            // A picture without a reference is compared with black, which no reference is.
            if (references is not null)
            {
                crop.Reference?.CopyTo(references, i * picture);
            }

            crop.Target.CopyTo(targets, i * cells * cells);
            crop.Classes.CopyTo(classes, i * cells * cells);
            hasPixelTruth[i] = crop.HasPixelTruth;
        }

        return new Batch(_batchSize, side, cells, images, references, targets, classes, hasPixelTruth);
    }

    private int SeedOf(long position) => unchecked((int)((ulong)position * 0x9E3779B97F4A7C15 >> 32) ^ _seed * 747796405);
}
