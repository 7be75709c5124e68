using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Files;

/// <summary>
/// The configuration that a checkpoint carries. Weights fit by shape into models with other heads, activations, scales, schedules or timesteps, and give
/// other numbers there: only what the file itself says tells.
/// </summary>
public static class StoredConfiguration
{
    /// <summary>Where a file's metadata has it, as <see cref="FoundationConfiguration.ToJson"/> writes it.</summary>
    public const string Key = "config";

    /// <summary>The configuration of a checkpoint; null where it has none.</summary>
    /// <exception cref="WeightsException">It has one that is none.</exception>
    public static FoundationConfiguration? Of(WeightFiles files)
        => files.Metadata.GetValueOrDefault(Key) is { } json ? FoundationConfiguration.Parse(json, $"{files.Origin}: metadata '{Key}'") : null;

    /// <summary>What is to be said of a checkpoint that does not carry its configuration; null where it does.</summary>
    public static string? WarningOf(WeightFiles files) => files.Metadata.ContainsKey(Key)
        ? null
        : $"{files.Origin}: does not say which configuration its weights belong to; what shapes do not show (heads, activations, scales, schedule, timestep) is taken from the configuration given, unchecked";

    /// <summary>Refuses a checkpoint whose own configuration is another than the one it is to be used with. One that carries none passes.</summary>
    /// <param name="expected">What it is to be used with; what it is called and the paper's modes do not count.</param>
    /// <param name="files">The checkpoint.</param>
    /// <exception cref="WeightsException">They differ: every field is named with both values. Or what it carries is no configuration.</exception>
    public static void Require(FoundationConfiguration expected, WeightFiles files)
    {
        if (Of(files) is { } stored && ConfigurationDifference.Of(stored, expected) is { Count: > 0 } differences)
        {
            throw new WeightsException($"{files.Origin}: its weights belong to another configuration, '{stored.Name}', than '{expected.Name}': {string.Join("; ", differences)}.");
        }
    }
}
