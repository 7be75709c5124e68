namespace IMDD.Cloud.Curator.Ingest;

/// <summary>What a model makes of a whole picture.</summary>
/// <param name="Model">Digest of the model: only vectors of the same one are comparable.</param>
/// <param name="Vector">Unit vector, floats in little-endian order.</param>
internal sealed record FrameEmbedding(string Model, byte[] Vector);
