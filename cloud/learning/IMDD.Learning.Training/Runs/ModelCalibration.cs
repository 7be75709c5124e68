using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>How a model's logits become probabilities and decisions, found on pictures whose truth is known.</summary>
public static class ModelCalibration
{
    /// <summary>Training pictures that the pixel threshold is found on as well.</summary>
    private const int MaxFurther = 150;

    /// <summary>
    /// Calibrates a model anew by marked defects, as the end of a training on such does, but for what holds its alarms to those of another model; its weights stay. Without good pictures
    /// the score of a picture stays calibrated as it was, and so does the threshold of a name that no picture of the validation side is given rightly.
    /// </summary>
    /// <param name="model">Trained; its description is replaced.</param>
    /// <param name="data">Pictures that it did not learn from, as the line shows them, of its classes. What it is calibrated by is their validation side; the pixel threshold by some of the training side, too.</param>
    /// <returns>What it reaches on the validation side.</returns>
    /// <exception cref="TrainingException">The data do not suit the model.</exception>
    public static Validation Renew(EdgeModel model, TrainingData data)
    {
        var description = model.Description;
        if (description.Rows is not null || description.Network.SideBranches > 0)
        {
            throw new TrainingException(
                "The model has words or classes that were added to it, whose thresholds were chosen with the others: expected the model before them.");
        }

        if (description.Lineage.PaintedSeed is not null)
        {
            throw new TrainingException("The model learned from normal pictures alone, and is calibrated on defects painted on such: expected to train it anew.");
        }

        if (data.Classes.Select(c => c.Id).Except(description.Classes.Select(c => c.Id), StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
        {
            throw new TrainingException($"The data show classes that the model has no name for ({string.Join(", ", unknown)}): expected data without them, or a model that learned them.");
        }

        if (LearnedAsAWhole(description.Lineage, data) is { } whole)
        {
            throw new TrainingException($"The model was trained on {whole} as a whole: its validation side of now may have been learned from. Expected other data.");
        }

        if (LearnedByAnotherSplit(description.Lineage, data) is { } known)
        {
            throw new TrainingException($"The model was trained on {known} by another split: its validation side of now may have been learned from. Expected the options that divided it then.");
        }

        if (!data.Validation.Any(picture => picture.Mask is not null))
        {
            throw new TrainingException("No picture of the data's validation side has a defect with an outline or a box to calibrate by: expected more pictures or groups, or such labels.");
        }

        var before = description.Calibration;
        var (calibration, scores) = Of(model, data);
        var named = scores.Where(score => score.Truth >= 0 && score.Truth == score.Named).Select(score => score.Truth).ToHashSet();
        calibration = calibration with
        {
            RowThresholds = [.. calibration.RowThresholds.Select((threshold, row) => named.Contains(row) ? threshold : before.RowThresholds.ElementAtOrDefault(row))],
        };
        if (data.Validation.All(picture => picture.IsDefective))
        {
            calibration = calibration with { ImageScale = before.ImageScale, ImageOffset = before.ImageOffset, ImageThreshold = before.ImageThreshold };
        }

        var validation = Validation.Of(scores);
        calibration = calibration with { Source = new CalibrationSource(data.SplitIds, data.Digest(), BuildCommit.Value) };
        model.Description = description with { Calibration = calibration, Metrics = validation.ToMetrics() };
        ConfidenceFit.Apply(model, data);
        return validation;
    }

    /// <summary>The first data set that was learned as a whole, whatever it was called then; null: there is none, as far as is known.</summary>
    private static string? LearnedAsAWhole(EdgeModelLineage lineage, TrainingData data)
        => data.Names.Zip(data.SplitIds).FirstOrDefault(now => LearnedSplits.IsWhole(lineage.KnownSplits, now.Second)).First;

    /// <summary>The first data set that was trained on by another split than it has now; null: there is none, as far as is known.</summary>
    private static string? LearnedByAnotherSplit(EdgeModelLineage lineage, TrainingData data)
    {
        var trained = lineage.Data.Zip(lineage.SplitIds).ToLookup(one => one.First, one => one.Second, StringComparer.Ordinal);
        return data.Names.Zip(data.SplitIds).FirstOrDefault(now => trained.Contains(now.First) && !trained[now.First].Contains(now.Second, StringComparer.Ordinal)).First;
    }

    /// <summary>Probabilities and thresholds, but for those of regions; and the scores of the validation side, which they come from.</summary>
    internal static (EdgeCalibration Calibration, IReadOnlyList<PictureScores> Scores) Of(EdgeModel model, TrainingData data)
    {
        if (data.Validation.Count == 0)
        {
            return (EdgeCalibration.None, []);
        }

        PictureScorer scorer = new(model);
        var scores = scorer.Score(data.Validation);
        var further = Further(data);
        return (Validation.Calibrate(scores, data.Validation, (scorer.Score(further), further), data.Classes.Count, model.Description.Network.OutputStride), scores);
    }

    /// <summary>None where defects are painted: training pictures as they are have none, and would only raise the threshold.</summary>
    private static List<TrainingPicture> Further(TrainingData data)
    {
        if (data.PaintedSeed is not null)
        {
            return [];
        }

        List<TrainingPicture> named = [.. data.Train.Where(p => p.ClassIndices.All(index => index < data.Classes.Count))];
        var every = Math.Max(1, (named.Count + MaxFurther - 1) / MaxFurther);
        return [.. named.Where((_, i) => i % every == 0)];
    }
}
