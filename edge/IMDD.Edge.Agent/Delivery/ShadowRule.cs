using IMDD.Edge.Agent.Inspection;
using MathNet.Numerics.Distributions;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>What counts against a release that watches.</summary>
internal static class ShadowRule
{
    /// <summary>So unlikely must the counted disagreement be at the limit that the release is refused: by chance one good release in a hundred.</summary>
    private const double Chance = 0.01;

    /// <summary>Fewer frames of one verdict do not tell a release that always says the other from one that mends false alarms.</summary>
    public const int LeastReversed = 20;

    /// <summary>What a release makes of nearly all frames of one verdict: the other; null: it does not, or too few came.</summary>
    public static string? Reversal(ShadowReport report, double share)
    {
        return Beyond(report.LetPass, report.Failed) ? Said("lets pass", report.LetPass, report.Failed, "fails")
            : Beyond(report.NewlyFailed, report.Passed) ? Said("fails", report.NewlyFailed, report.Passed, "passes")
            : null;

        bool Beyond(int count, int frames) => frames >= LeastReversed && count > share * frames;
        string Said(string release, int count, int frames, string deciding)
            => FormattableString.Invariant($"It {release} {count} of {frames} frames that the deciding model {deciding}: at most {share:P0} may be, whatever it declares (Edge:Delivery:MaxReversed).");
    }

    /// <summary>True where the classes by which two decisions differ are all among those that are meant to change.</summary>
    public static bool IsExplained(Decision active, Decision candidate, IReadOnlyCollection<string> changed)
    {
        HashSet<string> names = [.. VerdictTally.ClassesOf(active)];
        names.SymmetricExceptWith(VerdictTally.ClassesOf(candidate));
        return names.Count > 0 && names.IsSubsetOf(changed);
    }

    /// <summary>True where so many of so many frames are more than a share, and not by chance.</summary>
    public static bool IsBeyond(int count, int frames, double share)
        => count > share * frames && 1 - Binomial.CDF(share, frames, count - 1) < Chance;
}
