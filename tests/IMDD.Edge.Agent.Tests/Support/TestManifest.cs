using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A manifest for models that exist only in a test.</summary>
internal static class TestManifest
{
    public static BundleManifest Create(double? imageThreshold = null) => new()
    {
        SchemaVersion = BundleManifest.CurrentSchemaVersion,
        ContractVersion = BundleManifest.CurrentContractVersion,
        Name = "test-model",
        Version = "1.0.0",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = [new BundleRow("scratch", "scratch", "text", 0.5)],
        Classes =
        [
            new BundleClass("scratch", new Dictionary<string, string> { ["en"] = "scratch" }, Severity.Minor),
            new BundleClass("crack", new Dictionary<string, string> { ["en"] = "crack" }, Severity.Critical),
        ],
        PixelThreshold = 0.5,
        ImageThreshold = imageThreshold,
    };
}
