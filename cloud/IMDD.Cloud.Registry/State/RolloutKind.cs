namespace IMDD.Cloud.Registry.State;

/// <summary>What a rollout gives out.</summary>
internal static class RolloutKind
{
    public const string Model = "model";
    public const string Recipe = "recipe";
}
