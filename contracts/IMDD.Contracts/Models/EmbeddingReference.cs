namespace IMDD.Contracts.Models;

/// <summary>
/// Where the embeddings of usual frames lie. The distance of an embedding <c>e</c> is <c>sqrt(mean((e[i] - mean[i])² / variance[i]))</c>: the Mahalanobis
/// distance of a diagonal covariance over the square root of the length.
/// </summary>
/// <param name="Mean">Mean per element.</param>
/// <param name="Variance">Variance per element, above 0.</param>
/// <param name="Pictures">Pictures that were measured, none of which the model was trained on.</param>
/// <param name="Distances">Quantiles of their distances at evenly spaced shares from 0 to 1, rising; at least two.</param>
public sealed record EmbeddingReference(IReadOnlyList<float> Mean, IReadOnlyList<float> Variance, int Pictures, IReadOnlyList<double> Distances);
