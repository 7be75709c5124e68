namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// The sequence of batches: the n-th is a function of the pictures, the options and the seed, so that a run goes on where it stopped. While one is
/// trained on, the next is cut.
/// </summary>
public sealed class BatchSource
{
    // Far above any batch: each crop of a run has a position of its own.
    private const long MaxCrops = 1 << 16;
    private const int DonorSalt = 0x3C6EF372;

    private readonly IReadOnlyList<TrainingPicture> _pictures;
    private readonly PictureSampler _sampler;
    private readonly DonorSampler _donors;
    private readonly CropCutter[] _cutters;
    private readonly int[] _sides;
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
        _donors = new DonorSampler(pictures, seed, options.TransplantsAcross);
        _sides = [.. options.Sides()];
        _cutters = [.. _sides.Select(s => new CropCutter(options with { Side = s }))];
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
        var size = new Random(SeedOf(~step)).Next(_sides.Length);
        int side = _sides[size], cells = side / _options.OutputStride, picture = 3 * side * side;
        var count = Math.Max(2, (int)Math.Round((double)_batchSize * _options.Side * _options.Side / (side * side)));
        var images = new float[count * picture];
        var references = _withReferences ? new float[count * picture] : null;
        var targets = new float[count * cells * cells];
        var classes = new byte[count * cells * cells];
        var hasPixelTruth = new bool[count];
        var wholeClasses = new byte[count];
        for (var i = 0; i < count; i++)
        {
            var position = step * MaxCrops + i;
            var host = _pictures[_sampler.Draw(position)];
            var donor = host.HasPixelTruth && new Random(SeedOf(position) ^ DonorSalt).NextDouble() < _options.TransplantShare ? _donors.Draw(host.Dataset, position) : null;
            var crop = _cutters[size].Cut(host, SeedOf(position), donor);
            crop.Image.CopyTo(images, i * picture);

            // A picture without a reference is compared with black, which no reference is.
            if (references is not null)
            {
                crop.Reference?.CopyTo(references, i * picture);
            }

            crop.Target.CopyTo(targets, i * cells * cells);
            crop.Classes.CopyTo(classes, i * cells * cells);
            hasPixelTruth[i] = crop.HasPixelTruth;
            wholeClasses[i] = crop.WholeClass;
        }

        return new Batch(count, side, cells, images, references, targets, classes, hasPixelTruth, wholeClasses);
    }

    private int SeedOf(long position) => unchecked((int)((ulong)position * 0x9E3779B97F4A7C15 >> 32) ^ _seed * 747796405);
}
