using IMDD.Learning.Datasets.Sampling;

namespace IMDD.Learning.Training.Pictures;

/// <summary>
/// Which picture comes next. Data sets share the draws in proportion to the square root of their size; within one, a fixed share is normal and the
/// classes share the rest equally; among the normal ones, and among those of a class, each counts by its weight.
/// </summary>
public sealed class PictureSampler
{
    private const double NormalShare = 0.3;
    private const double MaxClassWeight = 3;

    private readonly WeightedSampler _sampler;

    /// <summary>Prepares the draws.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="seed">Recorded with the run.</param>
    public PictureSampler(IReadOnlyList<TrainingPicture> pictures, int seed) => _sampler = new WeightedSampler(Weights(pictures), (ulong)seed);

    /// <summary>Index of the picture at a position of the sequence.</summary>
    public int Draw(long position) => _sampler.Draw((ulong)position);

    /// <summary>Probability of each picture; they sum to 1.</summary>
    public static double[] Weights(IReadOnlyList<TrainingPicture> pictures)
    {
        var weights = new double[pictures.Count];
        var sets = pictures.Select((picture, index) => (Picture: picture, Index: index)).GroupBy(p => p.Picture.Dataset).ToList();
        var total = sets.Sum(s => Math.Sqrt(s.Count()));
        foreach (var set in sets)
        {
            var ofSet = Math.Sqrt(set.Count()) / total;
            var normal = set.Where(p => !p.Picture.IsDefective).ToList();
            var defective = set.Where(p => p.Picture.IsDefective).ToList();
            var ofNormal = normal.Count == 0 ? 0 : defective.Count == 0 ? 1 : NormalShare;
            var normals = normal.Sum(p => p.Picture.Weight);
            foreach (var (picture, index) in normal)
            {
                weights[index] = ofSet * ofNormal * picture.Weight / normals;
            }

            // A picture of several classes takes part in each; one without a class that has a name is a class of its own kind.
            var sizes = defective.SelectMany(p => Strata(p.Picture).Select(c => (Class: c, p.Picture.Weight))).GroupBy(c => c.Class)
                .ToDictionary(g => g.Key, g => g.Sum(c => c.Weight));
            foreach (var (picture, index) in defective)
            {
                weights[index] = ofSet * (1 - ofNormal) / sizes.Count * Strata(picture).Sum(c => picture.Weight / sizes[c]);
            }
        }

        return weights;
    }

    /// <summary>
    /// By class, the root of its fair share of the draws that show a class over the share it has, within limits: data sets of one class each, or of few
    /// pictures, draw their class more often than others. The root, since a class that is drawn often is often the one that is to be learned.
    /// </summary>
    public static float[] ClassWeights(IReadOnlyList<TrainingPicture> pictures, int classes)
    {
        var weights = Weights(pictures);
        var drawn = new double[classes];
        foreach (var (picture, index) in pictures.Select((picture, index) => (picture, index)))
        {
            foreach (var number in picture.ClassIndices)
            {
                drawn[number] += weights[index] / picture.ClassIndices.Count;
            }
        }

        var fair = drawn.Sum() / Math.Max(1, drawn.Count(share => share > 0));
        return Array.ConvertAll(drawn, share => share > 0 ? (float)Math.Clamp(Math.Sqrt(fair / share), 1 / MaxClassWeight, MaxClassWeight) : 1);
    }

    private static IEnumerable<int> Strata(TrainingPicture picture) => picture.ClassIndices.Count > 0 ? picture.ClassIndices : [-1];
}
