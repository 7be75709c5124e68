using IMDD.Edge.Agent.Inspection;
using IMDD.Inference;

namespace IMDD.Edge.Agent.Tests.Support;

internal sealed class FakeModelLoader(ISegmenter segmenter) : IModelLoader
{
    public LoadedModel Load() => new(segmenter, "A");
}
