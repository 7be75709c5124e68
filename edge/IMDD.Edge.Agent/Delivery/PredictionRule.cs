using System.Globalization;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Inspection;
using MathNet.Numerics.Distributions;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Holds what a release on trial says against what its signed manifest predicts for this line. Never against the past: a model that has learned a new
/// defect must fail more than the one before it.
/// </summary>
internal static class PredictionRule
{
    /// <summary>Fewer frames tell nothing.</summary>
    public const int LeastFrames = 25;

    /// <summary>So unlikely must a count be at the nearer end of what is predicted; it is looked at many times in a trial.</summary>
    private const double Chance = 1e-4;

    /// <summary>What is not as predicted; null: nothing.</summary>
    public static string? Breach(LinePrediction predicted, VerdictTally said)
    {
        if (said.Frames < LeastFrames)
        {
            return null;
        }

        foreach (var (name, range) in predicted.FailRate)
        {
            if (Breach($"Frames with {name} failed", said.FailedByClass.GetValueOrDefault(name), range) is { } of)
            {
                return of;
            }
        }

        return Breach("Frames failed", said.Failed, predicted.AnyFailRate) ?? Breach("Frames were left undecided", said.Undecided, predicted.UndecidedRate);

        string? Breach(string what, long count, IReadOnlyList<double>? range)
            => range is [var low, var high] && IsOutside(count, said.Frames, low, high)
                ? string.Create(CultureInfo.InvariantCulture, $"{what}: {count} of {said.Frames}, where {low:P1} to {high:P1} were predicted for this line.")
                : null;
    }

    private static bool IsOutside(long count, long frames, double low, double high)
    {
        var share = (double)count / frames;
        return (share > high && 1 - Binomial.CDF(high, (int)frames, count - 1) < Chance)
            || (share < low && Binomial.CDF(low, (int)frames, count) < Chance);
    }
}
