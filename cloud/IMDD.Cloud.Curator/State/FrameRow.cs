using IMDD.Cloud.Curator.Blind;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Curator.State;

/// <summary>A frame to be judged. What is known of it, where its picture is, and what edge and people say come in any order.</summary>
public sealed class FrameRow
{
    public required string OutcomeId { get; init; }

    /// <summary>Of the picture: one that was taken twice is judged once.</summary>
    public required string Digest { get; init; }

    /// <summary>Path of its camera; null on rows of before, until the frame is told again.</summary>
    public string? Camera { get; set; }

    public DateTimeOffset Time { get; set; }

    /// <summary>JSON of the frame, as the API gives it; null while only its blob is known.</summary>
    public string? Data { get; set; }

    /// <summary>JSON of the event that named its blob after the defect event; null where there was none.</summary>
    public string? Announced { get; set; }

    /// <summary>0 to 1; null where the edge has not said.</summary>
    public double? Uncertainty { get; set; }

    /// <summary>0 to 1; null where the edge has not said.</summary>
    public double? Novelty { get; set; }

    /// <summary>Digest of the model that <see cref="Embedding"/> is of; null where there is none.</summary>
    public string? Model { get; set; }

    /// <summary>Unit vector, floats in little-endian order; null where the edge has not said.</summary>
    public byte[]? Embedding { get; set; }

    /// <summary>Outcome of the frame that looks the same and is asked about instead, as long as <see cref="Queue.FrameGroups"/> says so; null where there is none.</summary>
    public string? MergedInto { get; set; }

    /// <summary>What the queue is ordered by, the largest first.</summary>
    public double Priority { get; set; }

    /// <summary>True while its picture is stored and more words are wanted.</summary>
    public bool Waiting { get; set; }

    /// <summary>Whether it is looked at blind, and whether it was.</summary>
    public BlindLook BlindLook { get; set; }

    /// <summary>True while it waits for nothing but a blind look.</summary>
    public bool BlindOnly { get; set; }

    /// <summary>Words that stand.</summary>
    public long Labels { get; set; }

    /// <summary>One of <see cref="ConsensusState"/>.</summary>
    public string State { get; set; } = ConsensusState.Open;

    /// <summary>True once it was told that people overruled what was decided: that is told once, whatever they agree on later.</summary>
    public bool Overruled { get; set; }

    /// <summary>Of the consensus; 0 before the first word.</summary>
    public long Revision { get; set; }

    /// <summary>JSON of the last consensus; null before the first word.</summary>
    public string? Consensus { get; set; }

    public string? LeaseHolder { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public DateTimeOffset Changed { get; set; }

    /// <summary>Decides whether it waits, and for whom.</summary>
    /// <param name="stored">Its picture is.</param>
    /// <param name="wantsWord">Another word, of whatever kind, could change the matter.</param>
    public void Wait(bool stored, bool wantsWord)
        => (Waiting, BlindOnly) = (stored && (wantsWord || BlindLook == BlindLook.Owed), stored && !wantsWord && BlindLook == BlindLook.Owed);
}
