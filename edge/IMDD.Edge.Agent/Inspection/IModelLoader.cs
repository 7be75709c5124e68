using IMDD.Edge.Agent.Groups;
using IMDD.Hosting;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Makes the models the agent starts with.</summary>
internal interface IModelLoader
{
    /// <summary>A model for each group of cameras, in their order, that is ready to run; one that has none does not keep the others from theirs.</summary>
    /// <exception cref="ConfigurationInvalidException">No group has one that runs here.</exception>
    IReadOnlyList<LoadedModel> Load(IReadOnlyList<CameraGroup> groups);
}
