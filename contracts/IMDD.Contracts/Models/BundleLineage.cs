namespace IMDD.Contracts.Models;

/// <summary>What a model was trained from.</summary>
/// <param name="DatasetDigest">Digest of the pictures that were learned from and judged by, with their truth, or of the data set's snapshot.</param>
/// <param name="SplitId">Split of the data; one id per data set, separated by spaces; <c>whole:</c> before the id of a data set of which all sides were learned from.</param>
/// <param name="CodeCommit">Commit of the training code.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Parent">Digest of the model it started from.</param>
public sealed record BundleLineage(
    string? DatasetDigest = null, string? SplitId = null, string? CodeCommit = null, long? Seed = null, string? Parent = null);
