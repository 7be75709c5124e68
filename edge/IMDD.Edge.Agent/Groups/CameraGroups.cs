using System.Collections.Frozen;
using IMDD.Edge.Agent.Delivery;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Imaging;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Groups;

/// <summary>
/// The groups that the agent's cameras are in. What is kept of the rest lies where an agent without groups keeps it, so that one that gets groups finds
/// its models; what is kept of a named group lies in <c>groups/{name}</c> beside it.
/// </summary>
internal sealed class CameraGroups : IDisposable
{
    private const string GroupsFolder = "groups";

    private readonly FrozenDictionary<string, CameraGroup> _byCamera;

    public CameraGroups(
        AgentOptions agent, IOptions<StoreOptions> store, IOptions<ModelOptions> model, IOptions<RecipeOptions> recipe, DeliveryOptions delivery, RecipeLedger recipes,
        IImageDecoder decoder, CameraQueues queues, CrashPoints crashPoints, TimeProvider time, ILogger<SlotStore> logger)
    {
        var root = Path.GetFullPath(store.Value.Directory);
        var configured = new ConfiguredBundle(model.Value.BundleDirectory, $"{ModelOptions.Section}:{nameof(ModelOptions.BundleDirectory)}");
        Named = [.. agent.Groups.Select((group, i) => Create(
            group.Name,
            [.. group.Cameras],
            Path.Combine(root, GroupsFolder, group.Name),
            group.BundleDirectory is { Length: > 0 } folder ? new ConfiguredBundle(folder, $"{AgentOptions.Section}:{nameof(agent.Groups)}:{i}:{nameof(group.BundleDirectory)}") : configured,
            group.RecipeFile is { Length: > 0 } file ? new StationRecipe(RecipeFile.Read(file)) : new StationRecipe(recipe)))];
        _byCamera = Named.SelectMany(group => group.Cameras.Select(camera => (camera, group))).ToFrozenDictionary(pair => pair.camera, pair => pair.group, StringComparer.Ordinal);
        Rest = Create(name: null, [.. agent.Cameras.Select(camera => camera.Name).Where(camera => !_byCamera.ContainsKey(camera))], root, configured, new StationRecipe(recipe));
        HasRest = Named.Count == 0 || Rest.Cameras.Count > 0;
        All = HasRest ? [Rest, .. Named] : Named;

        CameraGroup Create(string? name, IReadOnlyList<string> cameras, string folder, ConfiguredBundle bundle, StationRecipe starting) => new()
        {
            Name = name,
            Cameras = cameras,
            IsWholeAgent = agent.Groups.Count == 0,
            Bundle = bundle,
            Recipes = new RecipeInForce(starting),
            Slots = new SlotStore(folder, delivery, time, logger),
            RecipeFiles = new RecipeStore(folder, recipes),
            Shadow = new CandidateShadow(delivery, decoder, agent, queues, crashPoints, time),
        };
    }

    /// <summary>Those that the configuration names.</summary>
    public IReadOnlyList<CameraGroup> Named { get; }

    /// <summary>The cameras that are in no named group. Where there are none, it has no model, and a frame of a camera that is configured no more ends there.</summary>
    public CameraGroup Rest { get; }

    /// <summary>False where every camera is in a named group.</summary>
    public bool HasRest { get; }

    /// <summary>Those with cameras, the rest first.</summary>
    public IReadOnlyList<CameraGroup> All { get; }

    /// <summary>The group of a camera.</summary>
    public CameraGroup Of(string camera) => _byCamera.GetValueOrDefault(camera, Rest);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in All.Append(Rest))
        {
            group.Dispose();
        }
    }
}
