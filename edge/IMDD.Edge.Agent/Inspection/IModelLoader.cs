using IMDD.Edge.Agent.Groups;
using IMDD.Hosting;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Makes the models the agent starts with.</summary>
internal interface IModelLoader
{
    /// <summary>A model for each group of cameras, in their order, that is ready to run.</summary>
    /// <exception cref="ConfigurationInvalidException">There is none, or it does not run here.</exception>
    IReadOnlyList<LoadedModel> Load(IReadOnlyList<CameraGroup> groups);
}
