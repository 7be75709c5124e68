using IMDD.Contracts.Events;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Recipes;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Reason codes of what can be wrong with a release or a recipe.</summary>
internal static class Refusal
{
    /// <summary>True for what is wrong with it and will not pass by waiting.</summary>
    public static bool Is(Exception e) => e is DeliveryException or ModelBundleException or SegmenterException or RecipeException;

    /// <summary>True where the recipe of a wish is at fault, whatever model comes with it.</summary>
    public static bool IsOfRecipe(Exception e) => e is RecipeException or DeliveryException { IsOfRecipe: true };

    /// <summary>The reason code.</summary>
    public static string CodeOf(Exception e) => e switch
    {
        DeliveryException delivery => delivery.ReasonCode,
        ModelBundleException bundle => bundle.Fault switch
        {
            BundleFault.Signature => RolloutReason.SignatureInvalid,
            BundleFault.Digest => RolloutReason.DigestMismatch,
            BundleFault.Contract => RolloutReason.ContractMismatch,
            BundleFault.Counter => RolloutReason.CounterTooLow,
            BundleFault.Expired => RolloutReason.Expired,
            BundleFault.Version => RolloutReason.IncompatibleRuntime,
            _ => RolloutReason.ManifestInvalid,
        },
        RecipeException recipe => recipe.Fault switch
        {
            RecipeFault.Signature => RolloutReason.SignatureInvalid,
            RecipeFault.Digest => RolloutReason.DigestMismatch,
            RecipeFault.Counter => RolloutReason.CounterTooLow,
            RecipeFault.Expired => RolloutReason.Expired,
            _ => RolloutReason.ManifestInvalid,
        },
        SegmenterException segmenter => segmenter.Fault switch
        {
            SegmenterFault.Contract => RolloutReason.ContractMismatch,
            SegmenterFault.NotFinite => RolloutReason.NotFinite,
            SegmenterFault.Probe => RolloutReason.GoldenMismatch,
            _ => RolloutReason.IncompatibleRuntime,
        },
        _ => throw new ArgumentException($"{e.GetType().Name} is no refusal.", nameof(e)),
    };
}
