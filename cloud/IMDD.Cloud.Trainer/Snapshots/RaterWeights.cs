using IMDD.Contracts.Events;
using IMDD.Contracts.Training;

namespace IMDD.Cloud.Trainer.Snapshots;

/// <summary>
/// How much each person's words count, so that no one accounts for more than a share of a snapshot. A frame that rests on several people's words counts
/// for each in equal parts. Those who have too much are held to one level, the others count in full.
/// </summary>
internal sealed class RaterWeights
{
    /// <summary>With fewer frames of all others than this nobody is held: a handful of frames would be drawn over and over.</summary>
    public const int LeastOfOthers = 20;

    private const int Decimals = 9;

    private readonly Dictionary<string, double> _weights;

    private RaterWeights(Dictionary<string, double> weights, IReadOnlyList<SnapshotRater> raters, double? held)
    {
        _weights = weights;
        (Raters, MaxShare) = (raters, held);
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<SnapshotRater> Raters { get; }

    /// <summary>The share that nobody has more of; null where nobody was held to one.</summary>
    public double? MaxShare { get; }

    /// <summary>Weighs.</summary>
    /// <param name="frames">What is learned from.</param>
    /// <param name="maxShare">Largest share of one person; where there are too few people for it, all count alike.</param>
    public static RaterWeights Of(IReadOnlyList<ExampleConsensus> frames, double maxShare)
    {
        Dictionary<string, (int Frames, double Parts)> raters = new(StringComparer.Ordinal);
        foreach (var frame in frames)
        {
            var names = NamesOf(frame);
            foreach (var name in names)
            {
                var (count, parts) = raters.GetValueOrDefault(name);
                raters[name] = (count + 1, parts + (1.0 / names.Count));
            }
        }

        var sorted = raters.Values.Select(r => r.Parts).OrderDescending().ToList();
        var share = Math.Max(maxShare, 1.0 / Math.Max(1, sorted.Count));
        var isHeld = maxShare < 1 && sorted.Count > 1 && sorted.Skip(1).Sum() >= LeastOfOthers;
        var level = isHeld ? Level(sorted, share) : double.PositiveInfinity;
        var weights = raters.ToDictionary(r => r.Key, r => Math.Round(Math.Min(1, level / r.Value.Parts), Decimals), StringComparer.Ordinal);
        var total = raters.Sum(r => weights[r.Key] * r.Value.Parts);
        return new RaterWeights(
            weights,
            [
                .. raters.OrderBy(r => r.Key, StringComparer.Ordinal)
                    .Select(r => new SnapshotRater(r.Key, r.Value.Frames, weights[r.Key], Math.Round(weights[r.Key] * r.Value.Parts / total, Decimals))),
            ],
            isHeld ? share : null);
    }

    /// <summary>Whose words a frame rests on, by name.</summary>
    public static List<string> NamesOf(ExampleConsensus frame) => [.. frame.Labels.Select(label => label.RaterId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What a frame counts: the mean of its people's weights.</summary>
    public double WeightOf(ExampleConsensus frame)
    {
        var names = NamesOf(frame);
        return names.Count == 0 ? 1 : Math.Round(names.Average(name => _weights[name]), Decimals);
    }

    /// <summary>
    /// The most that a person may have: <c>share</c> of the whole, of which those above it have the same each and the others what they have. With the
    /// <c>c</c> largest held, the whole is <c>rest / (1 - c · share)</c>.
    /// </summary>
    private static double Level(List<double> parts, double share)
    {
        var rest = parts.Sum();
        for (var held = 0; ; held++)
        {
            var level = share * rest / (1 - (held * share));
            if (held == parts.Count - 1 || parts[held] <= level)
            {
                return level;
            }

            rest -= parts[held];
        }
    }
}
