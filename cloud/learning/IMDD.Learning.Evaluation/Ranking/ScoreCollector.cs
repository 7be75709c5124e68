namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>Collects scores with labels piece by piece, then ranks them once. Holds 4 bytes a score.</summary>
public sealed class ScoreCollector
{
    private KeyBuffer _positives = new();
    private KeyBuffer _negatives = new();

    /// <summary>Adds scores with their labels.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels: expected as many.", nameof(labels));
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
            {
                throw new ArgumentException($"Score {i} is NaN: it has no rank.", nameof(scores));
            }

            (labels[i] ? _positives : _negatives).Add(ScoreKey.FromScore(scores[i]));
        }
    }

    /// <summary>Adds one score.</summary>
    /// <exception cref="ArgumentException">The score is NaN.</exception>
    public void Add(float score, bool positive) => Add([score], [positive]);

    /// <summary>Ranks what was collected; the collector is empty afterwards.</summary>
    public RankedScores Rank()
    {
        var ranked = RankedScores.FromUnsorted(_positives.ToArray(), _negatives.ToArray());
        (_positives, _negatives) = (new KeyBuffer(), new KeyBuffer());
        return ranked;
    }
}
