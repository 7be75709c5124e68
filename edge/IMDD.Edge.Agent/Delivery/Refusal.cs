using IMDD.Contracts.Events;
using IMDD.Inference;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Reason codes of what can be wrong with a release.</summary>
internal static class Refusal
{
    /// <summary>True for what is wrong with the release and will not pass by waiting.</summary>
    public static bool Is(Exception e) => e is DeliveryException or ModelBundleException or SegmenterException;

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
