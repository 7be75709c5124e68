namespace IMDD.Contracts.Models;

/// <summary>What a model was trained from.</summary>
public sealed record BundleLineage(
    string? DatasetDigest = null, string? SplitId = null, string? CodeCommit = null, long? Seed = null, string? Parent = null);
