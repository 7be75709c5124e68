using System.Text.Json;
using IMDD.Cloud.Registry.Fleet;
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
        Agent = AgentRows.AddressOf(row).Agent,
        Group = AgentRows.AddressOf(row).Group,
        GoneAt = row.GoneAt,
        Desired = desired is null ? null : Release(desired),
        RecipeDigest = AssignedRecipe.DigestOf(row),
        ConfiguredRecipe = AssignedRecipe.IsConfigured(row),
        RolloutId = row.RolloutId,
        Step = row.Step is { } step ? Read<RolloutStep>(step) : null,
        StepAt = row.StepAt,
        State = row.State is { } state ? Read<AgentState>(state) : null,
    };

    /// <summary>Null where neither bound is set.</summary>
    public static InstallWindow? Install(DateTimeOffset? notBefore, DateTimeOffset? notAfter)
        => notBefore is null && notAfter is null ? null : new InstallWindow { NotBefore = notBefore, NotAfter = notAfter };

    public static IReadOnlyList<RolloutWave> Waves(RolloutRow row) => Read<List<RolloutWave>>(row.Waves);

    public static RecipeReference Recipe(RecipeRow row) => new(row.Id, row.Digest, row.Counter);

    /// <summary>A rollout of a release or of a recipe: one of the two is null.</summary>
    public static RolloutProgressView Progress(RolloutRow row, ReleaseRow? release, RecipeRow? recipe, IEnumerable<RolloutAgentRow> agents)
    {
        var byWave = agents.ToLookup(agent => agent.Wave);
        return new RolloutProgressView
        {
            RolloutId = row.Id,
            Model = release is null ? null : Release(release),
            Recipe = recipe is null ? null : Recipe(recipe),
            State = row.State,
            Cause = row.Cause,
            WavesBegun = row.WavesBegun,
            Waves = [.. Waves(row).Select((wave, i) => new RolloutWaveView(wave, [.. byWave[i].OrderBy(agent => agent.Position).Select(RolloutAgent)]))],
            Install = Install(row.InstallNotBefore, row.InstallNotAfter),
            StartedAt = row.StartedAt,
            StartedBy = row.StartedBy,
            Reason = row.Reason,
            ChangedAt = row.ChangedAt,
            ChangedBy = row.ChangedBy,
        };
    }

    private static RolloutAgentView RolloutAgent(RolloutAgentRow row) => new()
    {
        Agent = $"{row.Asset}/{row.Agent}",
        State = row.State,
        Step = row.Step,
        ReasonCode = row.ReasonCode,
        Detail = row.Detail,
        ToldAt = row.ToldAt,
        ChangedAt = row.ChangedAt,
    };

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ImddJson.Options)!;
}
