using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;

namespace IMDD.Learning.Weights.Inspection;

/// <summary>A kind of network.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Mark">A tensor that no other kind has.</param>
/// <param name="Layout">What its tensors are by its configuration's text; null where files do not carry it.</param>
internal sealed record WeightKind(string Name, string Mark, Func<string, string, (TensorLayout Layout, WeightNames Names)>? Layout);
