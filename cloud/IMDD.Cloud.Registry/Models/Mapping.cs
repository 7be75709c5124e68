using System.Text.Json;
using IMDD.Cloud.Registry.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Rows as the API and the events say them.</summary>
internal static class Mapping
{
    public static ModelRelease Release(ReleaseRow row) => new(row.Name, row.Version, row.Digest, row.Counter);

    public static BundleManifest Manifest(ReleaseRow row) => Read<BundleManifest>(row.Manifest);

    public static IReadOnlyList<GateResult> Gates(ReleaseRow row) => Read<List<GateResult>>(row.Gates);

    public static ModelVersionView Version(ReleaseRow row, IEnumerable<AliasRow> aliases)
    {
        var manifest = Manifest(row);
        List<string> names = [.. aliases.Where(alias => alias.Digest == row.Digest).Select(alias => alias.Alias).Order(StringComparer.Ordinal)];
        if (row.IsBlocked)
        {
            names.Add(ModelAlias.Blocked);
        }

        return new ModelVersionView
        {
            Model = Release(row),
            Aliases = names,
            RegisteredAt = row.RegisteredAt,
            RegisteredBy = row.RegisteredBy,
            SizeBytes = row.SizeBytes,
            KeyId = row.KeyId,
            ExpiresAt = manifest.ExpiresAt,
            ReleaseOf = row.ReleaseOf,
            BlockedReason = row.BlockedReason,
            TrainedFrom = manifest.TrainedFrom,
            Gates = Gates(row),
            Metrics = manifest.Metrics,
        };
    }

    public static AgentRolloutView Agent(AgentRow row, ReleaseRow? desired) => new()
    {
        Asset = row.Asset,
        Agent = row.Agent,
        Desired = desired is null ? null : Release(desired),
        RolloutId = row.RolloutId,
        Step = row.Step is { } step ? Read<RolloutStep>(step) : null,
        StepAt = row.StepAt,
        State = row.State is { } state ? Read<AgentState>(state) : null,
    };

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ImddJson.Options)!;
}
