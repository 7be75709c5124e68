using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>A document of the wire: its schema file and the record that reads it.</summary>
/// <param name="Name">Name of the schema file without <c>.json</c>, and of the samples' folder.</param>
/// <param name="Record">The record, or null where the document is not ours to read as one.</param>
public sealed record WireDocument(string Name, Type? Record)
{
    public static readonly IReadOnlyList<WireDocument> All =
    [
        new(NameOf(EventTypes.InspectionOutcome), typeof(InspectionOutcome)),
        new(NameOf(EventTypes.DefectDetected), typeof(DefectDetected)),
        new(NameOf(EventTypes.FrameStored), typeof(FrameStored)),
        new(NameOf(EventTypes.OutcomeReceipt), typeof(OutcomeReceipt)),
        new(NameOf(EventTypes.AgentStateChanged), typeof(AgentState)),
        new(NameOf(EventTypes.CameraStateChanged), typeof(CameraState)),
        new(NameOf(EventTypes.CameraBalanceReported), typeof(CameraBalance)),
        new(NameOf(EventTypes.LineWindowUpdated), typeof(LineWindow)),
        new(NameOf(EventTypes.CameraStatisticsCollected), typeof(CameraStatistics)),
        new(NameOf(EventTypes.AlarmChanged), typeof(LineAlarm)),
        new(NameOf(EventTypes.RolloutRequested), typeof(DesiredModels)),
        new(NameOf(EventTypes.RolloutStepReported), typeof(RolloutStep)),
        new(NameOf(EventTypes.ExampleCollected), typeof(HardExample)),
        new(NameOf(EventTypes.ExampleLabelled), typeof(ExampleLabel)),
        new(NameOf(EventTypes.ConsensusReached), typeof(ExampleConsensus)),
        new(NameOf(EventTypes.ModelRegistered), typeof(ModelRegistered)),
        new(NameOf(EventTypes.ModelPromoted), typeof(ModelPromoted)),
        new(NameOf(EventTypes.FrameCaptured), null),
        new("model.manifest.v1", typeof(BundleManifest)),
        new("recipe.v1", typeof(Recipe)),
        new("recipe.document.v1", typeof(RecipeDocument)),
        new("trust.root.v1", typeof(TrustRoot)),
        new("dsse-envelope.v1", typeof(DsseEnvelope)),
        new("cloudevent.v1", null),
    ];

    public static string SchemaFolder => Repository.PathOf("contracts", "schemas");

    public static string SampleFolder => Repository.PathOf("contracts", "samples");

    public string SchemaUri => $"https://imdd.io/schemas/{Name}.json";

    public string SchemaFile => Path.Combine(SchemaFolder, Name + ".json");

    public static WireDocument Of(string name) => All.Single(d => d.Name == name);

    public JsonObject Schema() => JsonNode.Parse(File.ReadAllText(SchemaFile))!.AsObject();

    public object Read(JsonNode json) => JsonSerializer.Deserialize(json, Record!, ImddJson.Options) ?? throw new JsonException("null");

    public JsonNode Write(object record) => JsonSerializer.SerializeToNode(record, Record!, ImddJson.Options)!;

    private static string NameOf(string type) => Path.GetFileNameWithoutExtension(EventTypes.SchemaUri(type));
}
