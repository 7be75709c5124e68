using IMDD.Learning.Datasets.Sampling;

namespace IMDD.Learning.Training.Pictures;

/// <summary>Which picture gives a defect: of the same data set, outlined, each class as often as any other.</summary>
internal sealed class DonorSampler
{
    private readonly Dictionary<int, (List<TrainingPicture> Pictures, WeightedSampler Sampler)> _byDataset = [];

    public DonorSampler(IReadOnlyList<TrainingPicture> pictures, int seed)
    {
        foreach (var set in pictures.Where(p => p.IsDefective && p.IsOutlined).GroupBy(p => p.Dataset))
        {
            List<TrainingPicture> donors = [.. set];
            _byDataset[set.Key] = (donors, new WeightedSampler(PictureSampler.Weights(donors), unchecked((ulong)seed * 2654435761 + 1)));
        }
    }

    /// <summary>The donor at a position of the sequence; null where the data set has none.</summary>
    public TrainingPicture? Draw(int dataset, long position)
        => _byDataset.TryGetValue(dataset, out var donors) ? donors.Pictures[donors.Sampler.Draw((ulong)position)] : null;
}
