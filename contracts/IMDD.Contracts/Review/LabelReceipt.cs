namespace IMDD.Contracts.Review;

/// <summary>What became of a verdict.</summary>
/// <param name="EventId"><c>ce_id</c> of the event that will carry it.</param>
/// <param name="FrameDigest">The picture.</param>
/// <param name="Revision">The rater's words on it so far.</param>
/// <param name="Consensus">One of <see cref="Events.ConsensusState"/>, with this word counted.</param>
/// <param name="ProposedTerms">Names that no model and nobody had used before.</param>
public sealed record LabelReceipt(string EventId, string FrameDigest, long Revision, string Consensus, IReadOnlyList<string> ProposedTerms);
