using IMDD.Cloud.Registry.State;

namespace IMDD.Cloud.Registry.Models;

/// <summary>A training set as it was stored.</summary>
/// <param name="Row">The set.</param>
/// <param name="Frames">Its frames, each once.</param>
internal sealed record ParsedDataset(DatasetRow Row, IReadOnlyList<DatasetFrameRow> Frames);
