using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>
/// Lets a model of lower precision through by what it is worth at its task: single numbers move by more than any tolerance would allow,
/// and it does not matter while the defects that are found stay the same.
/// </summary>
public static class TaskGate
{
    /// <summary>Most that may be lost, in hundredths of AUPRO or IoU.</summary>
    public const double MaxDropPoints = 0.5;

    /// <summary>The comparison, both models run by ONNX Runtime on the CPU.</summary>
    /// <param name="reference">The model in 32-bit floats.</param>
    /// <param name="candidate">What was made from it.</param>
    /// <param name="score">Runs a model over held-out pictures and measures it; called once for each.</param>
    /// <param name="maxDropPoints">Most that may be lost.</param>
    /// <exception cref="OnnxGraphException">There is nothing to compare, because no measure is defined.</exception>
    public static TaskReport Check(OnnxModel reference, OnnxModel candidate, Func<OnnxRunner, TaskScores> score, double maxDropPoints = MaxDropPoints)
    {
        TaskReport report = new(Score(reference, score), Score(candidate, score), maxDropPoints);
        return report is { AuproDropPoints: null, IouDropPoints: null }
            ? throw new OnnxGraphException("Neither AUPRO nor IoU is defined for both models: there is nothing to compare.")
            : report;
    }

    /// <summary>Lets only a model through that lost no more than is allowed.</summary>
    /// <exception cref="OnnxParityException">It lost more; the message has the scores.</exception>
    public static TaskReport Require(OnnxModel reference, OnnxModel candidate, Func<OnnxRunner, TaskScores> score, double maxDropPoints = MaxDropPoints)
    {
        var report = Check(reference, candidate, score, maxDropPoints);
        return report.Passed ? report : throw new OnnxParityException($"Model '{candidate.Graph.Name}' lost too much by its lower precision: {report}.");
    }

    private static TaskScores Score(OnnxModel model, Func<OnnxRunner, TaskScores> score)
    {
        using OnnxRunner runner = new(model);
        return score(runner);
    }
}
