using IMDD.Contracts.Events;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>What the standing labels of one picture amount to.</summary>
internal static class ConsensusRule
{
    private const int Quorum = 2;
    private const int Jury = 3;

    /// <summary>The state, and the label whose regions stand for all where they agree: the latest of those who do.</summary>
    /// <param name="policy">How many must agree.</param>
    /// <param name="labels">One per rater, the earliest first.</param>
    /// <param name="minIou">Overlap from which masks are the same.</param>
    public static (string State, ExampleLabel? Word) Judge(ReviewPolicy policy, IReadOnlyList<ExampleLabel> labels, double minIou)
    {
        if (labels.Count == 0)
        {
            return (ConsensusState.Withdrawn, null);
        }

        policy = Effective(policy, labels);
        if (policy == ReviewPolicy.One)
        {
            return (ConsensusState.Agreed, labels[^1]);
        }

        if (labels.Count < (policy == ReviewPolicy.Panel ? Jury : Quorum))
        {
            return (ConsensusState.Open, null);
        }

        // The latest that enough of the others agree with; its own voice counts.
        for (var i = labels.Count - 1; i >= 0; i--)
        {
            if (labels.Count(other => ReferenceEquals(other, labels[i]) || RegionOverlap.IsSame(other, labels[i], minIou)) >= Quorum)
            {
                return (ConsensusState.Agreed, labels[i]);
            }
        }

        return (ConsensusState.Disputed, null);
    }

    /// <summary>One person's word is enough, until a blind second look stands beside it: then the two must agree, or a third decides.</summary>
    public static ReviewPolicy Effective(ReviewPolicy policy, IReadOnlyList<ExampleLabel> labels)
        => policy == ReviewPolicy.One && labels.Any(l => l.Blind) && labels.Any(l => !l.Blind) ? ReviewPolicy.Two : policy;

    /// <summary>True while another rater's word could change the matter.</summary>
    public static bool WantsMore(string state, int labels) => state switch
    {
        ConsensusState.Agreed => false,
        ConsensusState.Disputed => labels < Jury,
        _ => true,
    };

    /// <summary>The policy on the wire.</summary>
    public static string NameOf(ReviewPolicy policy) => policy switch
    {
        ReviewPolicy.One => "one",
        ReviewPolicy.Two => "two",
        _ => "panel",
    };
}
