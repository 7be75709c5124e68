using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Imaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Groups of cameras that no agent was configured with.</summary>
internal static class TestGroup
{
    /// <summary>All cameras of an agent, without a model.</summary>
    public static CameraGroup Create(Recipe? recipe = null, string folder = ".", string bundle = "", string? name = null) => new()
    {
        Name = name,
        Cameras = [],
        IsWholeAgent = true,
        Bundle = new ConfiguredBundle(bundle, "Edge:Model:BundleDirectory"),
        Recipes = new RecipeInForce(new StationRecipe(recipe)),
        Slots = new SlotStore(folder, new DeliveryOptions(), TimeProvider.System, NullLogger<SlotStore>.Instance),
        RecipeFiles = new RecipeStore(folder, new RecipeLedger(Options.Create(new StoreOptions { Directory = folder }))),
        Shadow = new CandidateShadow(new DeliveryOptions(), new OpenCvImageDecoder(), new AgentOptions(), new CameraQueues(1), CrashPoints.None, TimeProvider.System),
    };
}
