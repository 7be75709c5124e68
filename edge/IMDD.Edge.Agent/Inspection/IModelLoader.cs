using IMDD.Hosting;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>Makes the model the agent starts with.</summary>
internal interface IModelLoader
{
    /// <summary>A model that is ready to run.</summary>
    /// <exception cref="ConfigurationInvalidException">There is none, or it does not run here.</exception>
    LoadedModel Load();
}
