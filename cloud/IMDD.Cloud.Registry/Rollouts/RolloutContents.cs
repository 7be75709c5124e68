using IMDD.Cloud.Registry.State;

namespace IMDD.Cloud.Registry.Rollouts;

/// <summary>What each rollout gives out.</summary>
internal sealed class RolloutContents(ReleaseContent releases, RecipeContent recipes)
{
    public IRolloutContent Of(RolloutRow rollout) => rollout.Kind == RolloutKind.Recipe ? recipes : releases;
}
