using IMDD.Imaging;

namespace IMDD.Inference.Tiling;

/// <summary>
/// Runs a frame tile by tile through one model and puts the planes together again, so that regions are extracted from the whole frame: a
/// defect that lies over a border is one region. Buffers are used again; one frame at a time.
/// </summary>
/// <param name="maxBatch">Most tiles of one run of the model.</param>
public sealed class TiledRun(int maxBatch) : IDisposable
{
    private readonly List<RgbImage> _tiles = [];
    private readonly List<RgbImage> _references = [];
    private readonly StitchedPlanes _planes = new();

    /// <summary>What the model says of the whole frame; valid until the next call.</summary>
    /// <param name="segmenter">The model; the caller keeps it from being exchanged while this runs.</param>
    /// <param name="plan">How to cut.</param>
    /// <param name="image">The frame.</param>
    /// <param name="reference">A known-good picture of its size; null exactly when the model takes none.</param>
    /// <exception cref="ArgumentException">The reference does not fit the image or the model.</exception>
    /// <exception cref="SegmenterException">The runtime failed.</exception>
    public SegmentationResult Run(ISegmenter segmenter, TilePlan plan, RgbImage image, RgbImage? reference = null)
    {
        if (reference is not null && (reference.Width, reference.Height) != (image.Width, image.Height))
        {
            throw new ArgumentException(
                $"The reference is {reference.Width} x {reference.Height}, the image {image.Width} x {image.Height}.", nameof(reference));
        }

        var manifest = segmenter.Manifest;
        TileAxis across = new(image.Width, plan.Width, plan.Overlap, manifest.Stride, manifest.OutputStride);
        TileAxis down = new(image.Height, plan.Height, plan.Overlap, manifest.Stride, manifest.OutputStride);
        var count = across.Count * down.Count;
        if (count == 1)
        {
            return segmenter.Run([image], reference is null ? null : [reference]).Images[0];
        }

        _planes.Start(across.Padded / manifest.OutputStride, down.Padded / manifest.OutputStride, manifest.OutputStride);
        for (var first = 0; first < count; first += maxBatch)
        {
            var batch = Math.Min(maxBatch, count - first);
            Cut(_tiles, image, across, down, first, batch);
            if (reference is not null)
            {
                Cut(_references, reference, across, down, first, batch);
            }

            var results = segmenter.Run(_tiles, reference is null ? null : _references).Images;
            for (var index = 0; index < batch; index++)
            {
                _planes.Add(results[index], across, (first + index) % across.Count, down, (first + index) / across.Count);
            }
        }

        return _planes.Finish(image.Width, image.Height, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear(_tiles);
        Clear(_references);
    }

    /// <summary>Fills <paramref name="tiles"/> with so many tiles of the picture, row by row.</summary>
    private static void Cut(List<RgbImage> tiles, RgbImage picture, TileAxis across, TileAxis down, int first, int batch)
    {
        if (tiles.Count > 0 && (tiles[0].Width, tiles[0].Height) != (across.Length, down.Length))
        {
            Clear(tiles);
        }

        while (tiles.Count < batch)
        {
            tiles.Add(new RgbImage(across.Length, down.Length));
        }

        while (tiles.Count > batch)
        {
            tiles[^1].Dispose();
            tiles.RemoveAt(tiles.Count - 1);
        }

        for (var index = 0; index < batch; index++)
        {
            EdgePadding.CopyWindow(picture, across.Start((first + index) % across.Count), down.Start((first + index) / across.Count), tiles[index]);
        }
    }

    private static void Clear(List<RgbImage> tiles)
    {
        tiles.ForEach(tile => tile.Dispose());
        tiles.Clear();
    }
}
