using IMDD.Learning.Datasets.Sampling;

namespace IMDD.Learning.Training.Pictures;

/// <summary>Which picture gives a defect: of the same data set or of any, outlined, each class of a data set as often as any other.</summary>
internal sealed class DonorSampler
{
    private const int Any = -1;
    private readonly Dictionary<int, (List<TrainingPicture> Pictures, WeightedSampler Sampler)> _byDataset = [];
    private readonly bool _across;

    public DonorSampler(IReadOnlyList<TrainingPicture> pictures, int seed, bool across)
    {
        _across = across;
        foreach (var set in pictures.Where(p => p.IsDefective && p.IsOutlined).GroupBy(p => across ? Any : p.Dataset))
        {
            List<TrainingPicture> donors = [.. set];
            _byDataset[set.Key] = (donors, new WeightedSampler(PictureSampler.Weights(donors), unchecked((ulong)seed * 2654435761 + 1)));
        }
    }

    /// <summary>The donor at a position of the sequence; null where the data set has none.</summary>
    public TrainingPicture? Draw(int dataset, long position)
        => _byDataset.TryGetValue(_across ? Any : dataset, out var donors) ? donors.Pictures[donors.Sampler.Draw((ulong)position)] : null;
}
