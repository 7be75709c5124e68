using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Inference;

namespace IMDD.Edge.Agent.Tests.Support;

internal sealed class FakeModelLoader(ISegmenter segmenter) : IModelLoader
{
    public IReadOnlyList<LoadedModel> Load(IReadOnlyList<CameraGroup> groups) => [.. groups.Select(_ => new LoadedModel(segmenter, "A"))];
}
